/** A few line drawings, of one weight. */
import type { JSX } from 'preact';

const PATHS = {
  tunes: 'M2 12h2.5l2-7 3 10 2-6H14',
  add: 'M8 3v10M3 8h10',
  clock: 'M8 4.5V8l2.5 1.5M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z',
  history: 'M2.5 3v3h3M2.8 6a6 6 0 1 1-.6 3M8 5v3l2 1.5',
  sun: 'M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1M10.8 8a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0Z',
  moon: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z',
  screen: 'M2 3h12v8H2zM6 14h4M8 11v3',
  copy: 'M6 6h7.5v7.5H6zM10 6V2.5H2.5V10H6',
  done: 'M3 8.5 6.5 12 13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  out: 'M6.5 3.5h-4v10h10v-4M9 2.5h4.5V7M13.5 2.5 7 9',
  save: 'M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6L12.5 8z',
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
