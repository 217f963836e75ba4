/** Who may talk to the API server of a run: tokens, service account keys, and kubeconfig files. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const ADMIN = 'admin';
const PRIVATE = { mode: 0o600 };

export class Credentials {
  private constructor(
    private readonly dir: string,
    private readonly tokens: ReadonlyMap<string, string>
  ) {}

  /**
   * Writes the files that the API server reads when it starts.
   * @param users besides the administrator; they may do nothing until they are bound to a role.
   */
  static async create(dir: string, users: readonly string[]): Promise<Credentials> {
    const tokens = new Map([ADMIN, ...users].map((user) => [user, randomBytes(16).toString('hex')]));
    const lines = [...tokens].map(
      ([user, token]) => `${token},${user},${user}${user === ADMIN ? ',system:masters' : ''}`
    );
    await writeFile(join(dir, 'tokens.csv'), `${lines.join('\n')}\n`, PRIVATE);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(join(dir, 'service-accounts.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), PRIVATE);
    return new Credentials(dir, tokens);
  }

  /** @throws Error for a user who was not named when the rig was started. */
  token(user: string): string {
    const token = this.tokens.get(user);
    if (token === undefined) throw new Error(`no user '${user}'; name it in the option 'users'`);
    return token;
  }

  /**
   * Writes a kubeconfig.
   * @param server `https://127.0.0.1:PORT`.
   * @param name of the file.
   * @returns its path.
   */
  async writeKubeconfig(user: string, server: string, name = `${user}.kubeconfig`): Promise<string> {
    const file = join(this.dir, name);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'rig', cluster: { server, 'certificate-authority': join(this.dir, 'pki', 'apiserver.crt') } }],
      users: [{ name: user, user: { token: this.token(user) } }],
      contexts: [{ name: 'rig', context: { cluster: 'rig', user, namespace: 'default' } }],
      'current-context': 'rig',
    };
    // JSON is YAML.
    await writeFile(file, JSON.stringify(config, null, 2), PRIVATE);
    return file;
  }
}
