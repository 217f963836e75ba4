/** What has just happened, for a few seconds. */
import type { JSX } from 'preact';
import { createStore, useStore } from '../lib/store.js';

interface Toast {
  readonly key: number;
  readonly text: string;
  readonly kind: 'ok' | 'bad';
}

const toasts = createStore<readonly Toast[]>([]);
let nextKey = 0;

export function toast(text: string, kind: Toast['kind'] = 'ok'): void {
  const key = nextKey++;
  toasts.set([...toasts.get().slice(-3), { key, text, kind }]);
  setTimeout(() => toasts.set(toasts.get().filter((one) => one.key !== key)), kind === 'bad' ? 12_000 : 5000);
}

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {useStore(toasts).map(({ key, text, kind }) => (
        <div key={key} class={`toast ${kind}`}>
          {text}
        </div>
      ))}
    </div>
  );
}
