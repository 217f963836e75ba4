/** Values as people type them. */
import { parse, stringify } from 'yaml';

/** `1, 4, 16`; commas within brackets divide nothing: `D(100,100), D(2000,200)`. */
export function readList(text: string, numbers: boolean): (string | number)[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => (numbers && Number.isFinite(Number(part)) ? Number(part) : part));
}

export function showList(value: unknown): string {
  return Array.isArray(value) ? value.map(showValue).join(', ') : showValue(value);
}

/** A value of a parameter: `true`, `4`, `0.9`, else text. */
export function readValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

export function readValues(text: string): (string | number | boolean)[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(readValue);
}

/** A single value as text; empty for what is none. */
export function showValue(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

export function showYaml(value: unknown): string {
  return value === undefined ? '' : stringify(value, { lineWidth: 100 }).trimEnd();
}

export function parseYaml(text: string): { ok: true; value: unknown } | { ok: false } {
  if (text.trim() === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: parse(text, { maxAliasCount: 100, logLevel: 'silent' }) };
  } catch {
    return { ok: false };
  }
}
