/** Who may do what: read and write tokens from a file. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

/** Too short a token could be found by trying. */
const SHORTEST = 16;

export class TokensError extends Error {
  override readonly name = 'TokensError';
}

interface Token {
  readonly digest: Buffer;
  readonly access: 'read' | 'write';
}

/** The tokens that this server knows. Only their digests are kept. */
export class Tokens {
  private constructor(private readonly tokens: readonly Token[]) {}

  /**
   * @param text lines of `read TOKEN` or `write TOKEN`; empty lines and what begins with `#` do not count.
   * @throws TokensError that names the line, and never the token.
   */
  static parse(text: string, file = 'the tokens file'): Tokens {
    const tokens = text.split('\n').flatMap((line, i): Token[] => {
      const words = line.trim();
      if (words === '' || words.startsWith('#')) return [];
      const [, access, token = ''] = /^(read|write)\s+([\w.~+/=-]+)$/.exec(words) ?? [];
      if (!access) throw new TokensError(`${file}:${i + 1}: must be 'read TOKEN' or 'write TOKEN'`);
      if (token.length < SHORTEST)
        throw new TokensError(`${file}:${i + 1}: a token has at least ${SHORTEST} characters`);
      return [{ digest: digestOf(token), access: access as Token['access'] }];
    });
    if (tokens.length === 0) throw new TokensError(`${file} holds no token`);
    return new Tokens(tokens);
  }

  /**
   * @throws TokensError also where others than its owner may read the file. A file of somebody else, such as a mounted secret of
   * Kubernetes, can only be read by its group.
   */
  static async read(path: string): Promise<Tokens> {
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw new TokensError(`the tokens file ${path} cannot be read: ${error.code ?? error.message}`);
    });
    const tooMany = info.uid === process.getuid?.() ? 0o077 : 0o037;
    if ((info.mode & tooMany) !== 0)
      throw new TokensError(`the tokens file ${path} can be read by others: chmod 600 ${path}`);
    return Tokens.parse(await readFile(path, 'utf8'), path);
  }

  /** What a token allows; null for one that is none. It takes the same time for all of them. */
  accessOf(given: string): 'read' | 'write' | null {
    const digest = digestOf(given);
    let access: 'read' | 'write' | null = null;
    for (const token of this.tokens)
      if (timingSafeEqual(token.digest, digest)) access = access === 'write' ? access : token.access;
    return access;
  }
}

/** Digests are equally long, which a comparison in constant time needs. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
