/**
 * A process that records tunes until it is killed: `node writer.mjs FOLDER PREFIX [URL]`. It says what is kept, after it is:
 * `open`, `kept PREFIX-0`, `kept PREFIX-1`, ... Every now and then it asks, which is when the embedded database writes.
 */
import { register } from 'node:module';
import { writeSync } from 'node:fs';

register('../../support/typescript-hooks.mjs', import.meta.url);
const { openHistory } = await import('../../../src/history/index.ts');
const { largeTune } = await import('./large-tune.ts');

const [folder, prefix, url] = process.argv.slice(2);
const history = openHistory({ folder, url });
// To the pipe at once: what was said before a kill was said.
const say = (line) => writeSync(1, `${line}\n`);
say('begun');
await history.list();
say('open');
for (let i = 0; ; i++) {
  await history.record(largeTune(`${prefix}-${i}`, i));
  say(`kept ${prefix}-${i}`);
  // Its server may be away, which is no reason to end.
  if (i % 3 === 2) await history.list({ limit: 1 }).catch(() => undefined);
}
