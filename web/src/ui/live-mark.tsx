/** Whether what is shown is what is. */
import type { JSX } from 'preact';
import type { Connection } from '../api/follow.js';

const WORDS: Readonly<Record<Connection, string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'reconnecting',
  ended: 'complete',
};

export function LiveMark({ connection }: { connection: Connection }): JSX.Element {
  const mark = connection === 'live' ? 'on' : connection === 'lost' ? 'off' : '';
  return (
    <span class={`live-mark ${mark}`} role="status">
      {WORDS[connection]}
    </span>
  );
}
