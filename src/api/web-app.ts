import fastifyStatic from '@fastify/static';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>inference-autotuner</title>
<h1>inference-autotuner</h1>
<p>The API is here: <a href="/openapi.json">/openapi.json</a>. The web application is not built: run <code>npm run build:web</code>.</p>
</html>
`;

/** A year: the names of built files change with their content. */
const FOREVER = 'public, max-age=31536000, immutable';

/** Serves the built web application; every path that is no file is a page of it, which it knows itself. */
export async function serveWebApp(app: FastifyInstance, dir: string | null): Promise<void> {
  if (dir === null || !existsSync(join(dir, 'index.html'))) {
    app.get('/', async (_, reply) => reply.type('text/html; charset=utf-8').send(NOT_BUILT));
    return;
  }
  await app.register(fastifyStatic, {
    root: dir,
    // Only what lies there when the server starts can be asked for.
    wildcard: false,
    index: 'index.html',
    dotfiles: 'deny',
    cacheControl: false,
    setHeaders: (response, path) => {
      response.setHeader('cache-control', path.startsWith(join(dir, 'assets')) ? FOREVER : 'no-cache');
    },
  });
}

/** Whether a request is for a page of the application rather than for the API or one of its files. */
export function isPage(method: string, url: string): boolean {
  const path = url.split('?')[0] ?? '';
  if (method !== 'GET' && method !== 'HEAD') return false;
  // Names of tunes may have dots: only what lies at the top or in assets is a file.
  return !/^\/(?:api|assets)\//.test(path) && !/^\/[^/]+\.[a-z0-9]{1,8}$/i.test(path);
}
