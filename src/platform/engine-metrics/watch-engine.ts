/** Looks at an engine's own metrics while a load is made. */
import { appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { EngineReading } from '../../domain/loads/engine-metrics.js';
import { readApiKey } from '../api-key.js';
import { readMetrics } from './read-metrics.js';

const EVERY_MS = 1000;
/** After so long the looks become rarer, as the logarithm of the time: a day gives about 15,000 of them. */
const AS_OFTEN_FOR_MS = 3_600_000;
/** An engine that answers later is busy with better things. */
const TIMEOUT_MS = 2000;
const MAX_BYTES = 4 * 2 ** 20;
const MAX_FILE_BYTES = 16 * 2 ** 20;
/** Answers that are none, one after the other, from which on it is not asked again. */
const REFUSALS = 3;

const count = z.number().min(0).max(1e15).optional();
const readingSchema = z.object({
  atMs: z.number(),
  engine: z.enum(['sglang', 'vllm', 'llama.cpp']),
  ...{ running: count, waiting: count, kvUsage: count, hitRate: count },
  ...{ generatedTokens: count, promptTokens: count, cachedTokens: count, preemptions: count },
});

/** Where an engine answers, and the file with its key. */
export interface Watched {
  readonly baseUrl: string;
  readonly apiKeyFile: string | null;
}

export interface EngineWatch {
  /** Begins to look, once; later calls do nothing. */
  begin(): void;
  /** Ends it. @returns what was seen, also by an earlier worker. Never throws. */
  end(): Promise<readonly EngineReading[]>;
}

/**
 * Looks every second at `/metrics`, never twice at once. An engine that offers none is asked three times; whatever else goes wrong costs
 * one reading. Readings are kept in a file, since another worker may see the load's end.
 * @param file one JSON per line; made if missing.
 */
export function watchEngine(engine: Watched, file: string, now: () => number = Date.now): EngineWatch {
  const ending = new AbortController();
  let watching: Promise<void> | null = null;
  let seen: Promise<readonly EngineReading[]> | null = null;
  return {
    begin: () => {
      watching ??= watch(engine, file, now, ending.signal).catch(() => undefined);
    },
    end: () => {
      ending.abort();
      seen ??= watching === null ? Promise.resolve([]) : watching.then(() => readBack(file));
      return seen;
    },
  };
}

async function watch(engine: Watched, file: string, now: () => number, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const startedAtMs = performance.now();
  let refusals = 0;
  while (!signal.aborted && refusals < REFUSALS) {
    const lookedAtMs = performance.now();
    const seen = await look(engine, now, signal);
    // A full disk must not end a measurement.
    if (typeof seen === 'object') await appendFile(file, `${JSON.stringify(seen)}\n`).catch(() => undefined);
    refusals = seen === 'none' ? refusals + 1 : 0;
    const rarer = Math.max(1, (lookedAtMs - startedAtMs) / AS_OFTEN_FOR_MS);
    const waitMs = Math.max(0, EVERY_MS * rarer - (performance.now() - lookedAtMs));
    await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
  // What has just ended is counted by now.
  const last = refusals < REFUSALS ? await look(engine, now, AbortSignal.timeout(TIMEOUT_MS)) : null;
  if (typeof last === 'object' && last) await appendFile(file, `${JSON.stringify(last)}\n`).catch(() => undefined);
}

/** `none`: it says that it has none, or says something else. `missed`: no answer in time. */
async function look(
  engine: Watched,
  now: () => number,
  signal: AbortSignal
): Promise<EngineReading | 'none' | 'missed'> {
  try {
    const response = await fetch(`${engine.baseUrl}/metrics`, {
      headers: { authorization: `Bearer ${await readApiKey(engine.apiKeyFile)}` },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await bodyOf(response);
    if (response.status === 503) return 'missed';
    return (response.ok && text !== null && readMetrics(text, now())) || 'none';
  } catch {
    return 'missed';
  }
}

/** Null where it is too large; the rest is not read then. */
async function bodyOf(response: Response): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > MAX_BYTES) return null;
    text += decoder.decode(chunk as Uint8Array, { stream: true });
  }
  return text + decoder.decode();
}

/** Lines that are no readings are left out: a worker may have died in the middle of one. */
async function readBack(file: string): Promise<EngineReading[]> {
  try {
    if ((await stat(file)).size > MAX_FILE_BYTES) return [];
    const lines = (await readFile(file, 'utf8')).split('\n');
    return lines.flatMap((line) => {
      const parsed = readingSchema.safeParse(parseJson(line));
      return parsed.success ? [parsed.data as EngineReading] : [];
    });
  } catch {
    return [];
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
