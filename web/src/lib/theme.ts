/** Light, dark, or as the system has it. public/theme.js sets it before the first paint. */
import { createStore } from './store.js';

const KEY = 'autotuner.theme';
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const chosen = document.documentElement.dataset['theme'];
export const theme = createStore<Theme>(chosen === 'light' || chosen === 'dark' ? chosen : 'system');

export function setTheme(next: Theme): void {
  if (next === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
  try {
    if (next === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // Then it lasts as long as the page.
  }
  theme.set(next);
}

/** Tells when the colours change: by the switch or by the system. */
export function onColoursChange(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', listener);
  const stop = theme.subscribe(listener);
  return () => {
    system.removeEventListener('change', listener);
    stop();
  };
}

/** What a colour of tokens.css is now, as a canvas wants it. */
export function colour(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
