/** docker-compose on the compose file and what main.mjs lays over it. */
import path from 'node:path';

import { findGoTool } from '../../scripts/lib/go-tools.mjs';
import { inCache, inProject } from '../../scripts/lib/paths.mjs';
import { baseImage } from './base-image.mjs';

/** What overrides.yaml asks for. */
export const composeVariables = () => ({
  NODE_IMAGE: baseImage(),
  AUTOTUNER_MODELS: inCache('models'),
  ENGINE: inProject('engine'),
});

/** @param {string} folder with compose.yaml @returns {string[]} to be followed by a command of docker-compose */
export const composeCommand = (folder) => [
  path.join(findGoTool('docker-compose'), 'docker-compose'),
  ...['--file', path.join(folder, 'compose.yaml'), '--file', inProject('test', 'image', 'overrides.yaml')],
];
