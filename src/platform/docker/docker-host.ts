/** Which Docker daemon this worker uses: as Docker's own command line finds it, by DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const USUAL_SOCKET = '/var/run/docker.sock';
const TLS_PORT = '2376';
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

export interface DockerHost {
  /** For people: `unix:///var/run/docker.sock`. */
  readonly name: string;
  /** Whether the daemon's files, processes and loopback are those of this machine. */
  readonly local: boolean;
  readonly connection:
    | { readonly socketPath: string }
    | {
        readonly host: string;
        readonly port: string;
        readonly protocol: 'http' | 'https';
        readonly ca?: string;
        readonly cert?: string;
        readonly key?: string;
      };
}

/**
 * The daemon that DOCKER_HOST names, else the usual socket; null when there is neither.
 * @param isExpected whether a daemon was used before: one that is away has its containers still.
 * @throws Error when DOCKER_HOST cannot be used: a wrong setting is not silently passed over.
 */
export function findDockerHost(variables: NodeJS.ProcessEnv = process.env, isExpected = false): DockerHost | null {
  const chosen = variables['DOCKER_HOST'];
  if (!chosen) return isExpected || existsSync(USUAL_SOCKET) ? socket(USUAL_SOCKET) : null;
  if (chosen.startsWith('unix://')) return socket(chosen.slice('unix://'.length) || USUAL_SOCKET);
  const url = URL.canParse(chosen) ? new URL(chosen) : null;
  if (url?.protocol === 'ssh:')
    throw new Error(`DOCKER_HOST=${chosen}: forward the daemon's socket with ssh -L, or use TLS (docs/docker.md)`);
  if (url?.protocol !== 'tcp:' || url.hostname === '')
    throw new Error(`DOCKER_HOST must look like unix:///path or tcp://host:port, not '${chosen}'`);
  const secure = Boolean(variables['DOCKER_TLS_VERIFY']) || url.port === TLS_PORT;
  if (!secure && !LOOPBACK.test(url.hostname))
    throw new Error(`DOCKER_HOST=${chosen} without TLS gives everyone on the way its machine: set DOCKER_TLS_VERIFY=1`);
  return {
    name: chosen,
    local: false,
    connection: {
      host: url.hostname,
      port: url.port || (secure ? TLS_PORT : '2375'),
      protocol: secure ? 'https' : 'http',
      ...(secure ? certificates(variables['DOCKER_CERT_PATH'] || join(homedir(), '.docker')) : {}),
    },
  };
}

function socket(path: string): DockerHost {
  return { name: `unix://${path}`, local: true, connection: { socketPath: path } };
}

function certificates(folder: string): { ca: string; cert: string; key: string } {
  const read = (name: string): string => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch (error) {
      const { code = 'unreadable' } = error as NodeJS.ErrnoException;
      throw new Error(`TLS needs ${join(folder, name)} (${code}): DOCKER_CERT_PATH names its folder`, { cause: error });
    }
  };
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}
