/** What the image promises: who it runs as, what can be written, what is in it, how it ends. Each check throws what it found instead. */
import assert from 'node:assert/strict';

import { runAndCollect } from '../../scripts/lib/child.mjs';

/** As compose.yaml runs it. */
const HARDENED = [
  '--rm',
  '--network=none',
  '--read-only',
  '--tmpfs=/tmp',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
];
const WRITABLE = /^\/(?:tmp|var\/tmp|run\/lock|dev\/shm|data)(?:\/|$)/;
const MEGABYTE = 1e6;

/**
 * @param {string} image
 * @param {NodeJS.ProcessEnv} env leads to the daemon
 * @param {{ python: boolean }} options whether the load generator and the optimizer belong into it
 * @returns {Promise<string>} a line to show
 */
export async function checkImage(image, env, { python }) {
  const docker = async (...args) => {
    const { exitCode, output } = await runAndCollect('docker', args, { env });
    return { exitCode, output: output.trim() };
  };
  const run = (options, ...args) => docker('run', ...HARDENED, ...options, image, ...args);
  const shell = (script) => run(['--entrypoint=sh'], '-c', script);

  const help = await run([]);
  assert.match(help.output, /^Usage: autotuner/m);
  assert.equal((await shell('id -u; id -g')).output, '10001\n10001');
  assert.equal((await shell('command -v npm npx corepack yarn; true')).output, '');

  // Without --read-only, so that rights alone decide.
  const writes = ['--entrypoint=sh', image, '-c', 'find / -xdev -writable ! -type l 2> /dev/null'];
  const writable = await docker('run', '--rm', '--network=none', ...writes);
  assert.deepEqual(
    writable.output.split('\n').filter((file) => !WRITABLE.test(file)),
    []
  );
  assert.equal((await shell('find / -xdev -type f -perm /6000 2> /dev/null; true')).output, '');

  const names = JSON.parse((await shell('cat sbom/npm.cdx.json')).output).components.map(({ name }) => name);
  assert.ok(names.length > 100 && !names.includes('typescript'), `${names.length} packages are listed`);
  const { output: history } = await docker('history', '--no-trunc', image);
  assert.doesNotMatch(history, /(?:token|password|secret)=\S/i);

  // A child whose parent has ended is tini's, which sees to it that none stays as a zombie.
  const reaped = "require('node:child_process').spawn('sh', ['-c', 'sleep 0.2 & exit'], { stdio: 'ignore' });";
  const look =
    "setTimeout(() => console.log(require('node:child_process').execSync('grep -l \"^State:.Z\" /proc/[0-9]*/status || true').toString().trim()), 1000)";
  const zombies = await run(['--entrypoint=tini'], '--', 'node', '-e', reaped + look);
  assert.deepEqual(zombies, { exitCode: 0, output: '' });

  if (python) {
    const doctor = await run(['--tmpfs=/data:uid=10001'], 'doctor');
    assert.match(doctor.output, /^ok +genai-bench/m);
    assert.match(doctor.output, /^ok +optimizer/m);
    assert.match((await shell('.cache/bin/genai-bench --version')).output, /0\.0\.5/);
  }
  const { output: bytes } = await docker('image', 'inspect', '--format', '{{.Size}}', image);
  return `${image}: ${(Number(bytes) / MEGABYTE).toFixed(0)} MB, ${names.length} npm packages`;
}
