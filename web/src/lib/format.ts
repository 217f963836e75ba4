/** How numbers and times are shown; durations and quantities are the domain's. */
export { formatDuration } from '../../../src/domain/duration.js';

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const DAY_MS = 24 * 3600 * 1000;

/** `1,234.5`; many digits only where there are no others. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value !== 0 && Math.abs(value) < 0.1) return String(Number(value.toPrecision(3)));
  return Math.abs(value) >= 1e15 ? value.toExponential(2) : NUMBER.format(value);
}

/** `+12.3 %`. */
export function formatPercent(value: number): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(1)} %`;
}

/** `14:03`, `21 Nov 14:03`, `21 Nov 2025`: as much as is needed, in the reader's zone. */
export function formatTime(iso: string, nowMs = Date.now()): string {
  const date = new Date(iso);
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const isToday = date.toDateString() === new Date(nowMs).toDateString();
  if (isToday) return time;
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return Math.abs(nowMs - date.getTime()) < 180 * DAY_MS ? `${day} ${time}` : `${day} ${date.getFullYear()}`;
}

/** With everything, for a title. */
export function formatExactTime(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}

/** `512 B`, `34 kB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** `a b` for `a_b`. */
export function spaced(name: string): string {
  return name.replaceAll('_', ' ');
}

/** `1 experiment`, `2 experiments`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
