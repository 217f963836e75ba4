/** What runs in a cluster that is brought up by hand: the stubs that the other tests use. */
import { fileURLToPath } from 'node:url';
import { engineImage } from '../contract-engine.js';
import { BENCHMARK_IMAGE } from '../ome-stand-in/benchmark-pod.js';
import { SERVER } from '../support.js';
import { localPath, type Images, type ProgramContainer } from './pods/image-program.js';

const stub = (name: string): string => fileURLToPath(new URL(`../../support/stubs/${name}.mjs`, import.meta.url));

/** Options of genai-bench whose values are paths in the container. */
const PATHS = ['--experiment-base-dir', '--model-tokenizer', '--log-dir'];

export const STUB_IMAGES: Images = {
  'stub-engine:1': ({ args, freePort }) => ({
    // The stub takes the first port that it is told.
    command: [process.execPath, stub('stub-engine'), '--port', `${freePort}`, ...args],
    port: freePort,
  }),
  // So that the contract tests can be tried on it.
  [engineImage()]: SERVER,
  [BENCHMARK_IMAGE]: (container) => ({
    command: [process.execPath, stub('stub-genai-bench'), '--log-dir', '.', ...localArguments(container)],
  }),
};

/** genai-bench's arguments with the paths of this machine. */
export function localArguments({ args, mounts }: ProgramContainer): string[] {
  return args.map((arg, i) => (PATHS.includes(args[i - 1] ?? '') ? (localPath(mounts, arg) ?? arg) : arg));
}
