/** Container images of what is on this machine: no registry, no base image and no build is needed. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { runAndCollect } from './child.mjs';

/** Where Node is in such an image. */
export const NODE = '/usr/bin/node';

/**
 * Makes an image of Node, the libraries that it needs, and some folders and files. The daemon is the one of DOCKER_HOST, as far as that is
 * a Unix socket.
 * @param {string} name with a tag
 * @param {object} content
 * @param {Record<string, string>} content.parts where each is in the image, by where it is on this machine; absolute paths
 * @param {string[]} [content.native] programs and libraries among them, for what they need themselves
 * @param {string[]} content.changes lines of a Dockerfile, such as `ENTRYPOINT [...]`
 */
export async function makeImage(name, { parts, native = [], changes }) {
  const staging = mkdtempSync(path.join(tmpdir(), 'engine-image-'));
  try {
    await importImage(await archive(staging, parts, native), name, changes);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function socketPath() {
  const host = process.env.DOCKER_HOST || 'unix:///var/run/docker.sock';
  if (!host.startsWith('unix://')) throw new Error(`DOCKER_HOST=${host} is no Unix socket`);
  return host.slice('unix://'.length);
}

/** What the dynamic linker would load, transitively. */
async function librariesOf(files) {
  const { output } = await runAndCollect('ldd', files);
  return [...new Set([...output.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1]))];
}

/** An archive of the whole image, as a stream. */
async function archive(staging, parts, native) {
  const node = realpathSync(process.execPath);
  const isPart = (file) => Object.keys(parts).some((from) => file.startsWith(`${from}/`));
  const libraries = (await librariesOf([node, ...native])).filter((file) => !isPart(file));
  // A program without a user's name or a folder for what is passing is rare enough that some do not expect it.
  mkdirSync(path.join(staging, 'tmp'), { mode: 0o1777 });
  mkdirSync(path.join(staging, 'etc'));
  writeFileSync(path.join(staging, 'etc', 'passwd'), 'root:x:0:0:root:/tmp:/sbin/nologin\n');
  const relative = (file) => file.replace(/^\//, '');
  const renamed = Object.entries({ ...parts, [node]: NODE }).map(([from, to]) => {
    const literally = relative(from).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return `--transform=s,^${literally}(/|$),${relative(to)}\\1,x`;
  });
  const files = [node, ...libraries, ...Object.keys(parts)].map(relative);
  return spawn(
    'tar',
    [
      // Files as the loader finds them, not as links to where they are.
      ...['--create', '--dereference', '--file=-', '--owner=0', '--group=0', ...renamed],
      ...['--directory', staging, 'tmp', 'etc', '--directory', '/', ...files],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  );
}

function importImage(tar, name, changes) {
  const colon = name.lastIndexOf(':');
  const query = new URLSearchParams({ fromSrc: '-', repo: name.slice(0, colon), tag: name.slice(colon + 1) });
  for (const change of changes) query.append('changes', change);
  const failed = new Promise((_, fail) =>
    tar.on('close', (code) => code && fail(new Error(`tar ended with exit code ${code}`)))
  );
  const imported = new Promise((done, fail) => {
    const call = request({ socketPath: socketPath(), method: 'POST', path: `/images/create?${query}` }, (response) => {
      let said = '';
      response.setEncoding('utf8').on('data', (text) => (said += text));
      response.on('end', () =>
        response.statusCode === 200 && !/"error"/.test(said) ? done(said) : fail(new Error(said))
      );
    });
    call.on('error', fail);
    tar.stdout.pipe(call);
  });
  return Promise.race([imported, failed]);
}
