/** A sentence in which names stand between backticks. */
import type { JSX } from 'preact';

export function Words({ text }: { text: string }): JSX.Element {
  const parts = text.split('`');
  // One that is not closed is a backtick.
  if (parts.length % 2 === 0) return <>{text}</>;
  return <>{parts.map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))}</>;
}
