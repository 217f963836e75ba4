/**
 * Ends every process that carries a marker in its environment, as soon as standard input closes: which it does when the process
 * at the other end of the pipe dies, however it dies. What was forked meanwhile is found by the next scan.
 *
 * Usage: node guard.mjs NAME=VALUE
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const SCAN_EVERY_MS = 20;
const marker = process.argv[2];

/** A zombie has ended, it only waits to be seen by its parent. */
function isAlive(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}

function findMarked() {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(marker) && isAlive(pid);
    } catch {
      return false; // It has ended, or is another user's.
    }
  });
}

function end(pid) {
  try {
    process.kill(Number(pid), 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

// Ctrl-C on the terminal ends the other side of the pipe; here it must not come first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.stdin.on('error', () => {}).resume();
await new Promise((closed) => process.stdin.once('close', closed));
for (let found = findMarked(); found.length > 0; found = findMarked()) {
  found.forEach(end);
  await sleep(SCAN_EVERY_MS);
}
