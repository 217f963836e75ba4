/** docker-compose on the compose file and what main.mjs lays over it. */
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';

import { findGoTool } from '../../scripts/lib/go-tools.mjs';
import { inCache, inProject } from '../../scripts/lib/paths.mjs';

/** What overrides.yaml and docker-engines.yaml ask for. @param {NodeJS.ProcessEnv} env leads to the daemon */
export function composeVariables({ DOCKER_HOST }) {
  const socket = DOCKER_HOST.replace('unix://', '');
  return {
    AUTOTUNER_MODELS: realpathSync(inCache('models')),
    ENGINE: realpathSync(inProject('engine')),
    DOCKER_SOCKET: socket,
    DOCKER_GID: String(statSync(socket).gid),
    AUTOTUNER_DOCKER_IMAGES: 'inference-autotuner/local-engine',
  };
}

/** @param {string} folder with compose.yaml @returns {string[]} to be followed by a command of docker-compose */
export const composeCommand = (folder) => [
  path.join(findGoTool('docker-compose'), 'docker-compose'),
  ...['--file', path.join(folder, 'compose.yaml'), '--file', inProject('test', 'image', 'overrides.yaml')],
];
