/** A fixed amount of work, twice a second; reports the milliseconds that it took. Shows how fast the machine is at the time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';

for (;;) {
  const startedAtMs = performance.now();
  let sum = 0;
  for (let i = 0; i < 5_000_000; i++) sum = (sum * 31 + i) % 1_000_003;
  parentPort.postMessage(performance.now() - startedAtMs);
  await sleep(500 + (sum % 2));
}
