/** What ran in a container, so that its numbers can be understood and repeated. */

const ANSWER_WITHIN_MS = 2000;

/** `name:tag sha256:...`: by what the registry knows it where it came from one, else by the daemon's own id. */
export function describeImage(name: string, id: string, digests: readonly string[], build: string | null): string {
  const digest = digests.map((item) => item.split('@')[1]).find((item) => item !== undefined) ?? id;
  return [name, ...(name.includes(digest) ? [] : [digest]), ...(build === null ? [] : [build])].join(' ');
}

/** As llama-server says it; null for others. */
export async function readBuild(baseUrl: string, apiKey: string): Promise<string | null> {
  const headers = { authorization: `Bearer ${apiKey}` };
  try {
    const response = await fetch(`${baseUrl}/props`, { headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const { build_info } = (await response.json()) as { build_info?: unknown };
    return typeof build_info === 'string' ? build_info.slice(0, 100) : null;
  } catch {
    return null;
  }
}
