/** Where set-up puts things. Everything lies inside the project folder unless `AUTOTUNER_CACHE_DIR` says otherwise. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the checkout. */
export const projectDir = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Downloaded and built tools. @default `<project>/.cache` */
export const cacheDir = path.resolve(process.env.AUTOTUNER_CACHE_DIR || path.join(projectDir, '.cache'));

/** The embedded engine, an npm package of its own. */
export const engineDir = path.join(projectDir, 'engine');

/** Model folder that the examples use: `model.gguf`, `tokenizer.json`, `tokenizer_config.json`. */
export const modelDir = path.join(cacheDir, 'models', 'smollm2-135m-instruct');

/** Path below the cache folder. */
export const inCache = (...parts) => path.join(cacheDir, ...parts);

/** Path below the project folder. */
export const inProject = (...parts) => path.join(projectDir, ...parts);

/** For messages: relative to the current folder when that is shorter. */
export function shown(file) {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative || '.';
}
