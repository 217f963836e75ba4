#!/usr/bin/env node
/**
 * Sees that there is a PostgreSQL for the suite `history`: `node scripts/lib/postgres.mjs`. Where it is missing and this is root on a
 * Debian, the package is installed; elsewhere one line says what is missing. It never fails: the suite does, with --no-skip.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const DEBIAN = '/usr/lib/postgresql';
const INSTALL = ['install', '-y', '--no-install-recommends', 'postgresql'];

/** The folder of initdb and postgres: Debian's, the newest version first, or one of the PATH; null where there is none. */
function findPostgres() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => b - a) : [];
  const folders = [
    ...versions.map((version) => path.join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(path.join(folder, name)))) ?? null;
}

function installPostgres() {
  const apt = (args) =>
    execFileSync('apt-get', args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  try {
    apt(INSTALL);
  } catch {
    // A fresh image has no list of packages.
    apt(['update']);
    apt(INSTALL);
  }
}

if (findPostgres() === null) {
  const command = `apt-get ${INSTALL.join(' ')}`;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`PostgreSQL, for the suite 'history', is missing: ${command}`);
    try {
      installPostgres();
    } catch (error) {
      console.log(`PostgreSQL could not be installed: ${error.message.split('\n')[0]}`);
    }
  } else {
    console.log(`PostgreSQL, for the suite 'history', is missing, and only root can install it: ${command}`);
  }
}
