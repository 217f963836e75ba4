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
  /** Ends it with a last look, since what has just ended is counted by now. @returns what was seen, also by an earlier worker. Never throws. */
  end(): Promise<readonly EngineReading[]>;
  /** Ends it at once; after `end` it does nothing. Never throws. */
  stop(): Promise<void>;
}

/**
 * Looks every second at `/metrics`, never twice at once. An engine that offers none is asked three times; whatever else goes wrong costs
 * one reading. Readings are kept in a file, since another worker may see the load's end.
 * @param file one JSON per line; made if missing.
 * @param everyMs milliseconds between looks (1000).
 */
export function watchEngine(engine: Watched, file: string, everyMs = EVERY_MS): EngineWatch {
  const ending = new AbortController();
  let watching: Promise<boolean> | null = null;
  const stop = async (): Promise<boolean> => {
    ending.abort();
    return (await watching) ?? false;
  };
  return {
    begin: () => {
      watching ??= watch(engine, file, everyMs, ending.signal).catch(() => false);
    },
    end: async () => {
      if (await stop()) await note(file, await look(engine, AbortSignal.timeout(TIMEOUT_MS)));
      return watching === null ? [] : readBack(file);
    },
    stop: async () => void (await stop()),
  };
}

/** @returns whether the engine may have something to tell. */
async function watch(engine: Watched, file: string, everyMs: number, signal: AbortSignal): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true });
  const startedAtMs = performance.now();
  let refusals = 0;
  while (!signal.aborted && refusals < REFUSALS) {
    const lookedAtMs = performance.now();
    const seen = await look(engine, signal);
    await note(file, seen);
    refusals = seen === 'none' ? refusals + 1 : 0;
    const rarer = Math.max(1, (lookedAtMs - startedAtMs) / AS_OFTEN_FOR_MS);
    const waitMs = Math.max(0, everyMs * rarer - (performance.now() - lookedAtMs));
    await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
  return refusals < REFUSALS;
}

/** A full disk must not end a measurement. */
async function note(file: string, seen: EngineReading | 'none' | 'missed'): Promise<void> {
  if (typeof seen === 'object') await appendFile(file, `${JSON.stringify(seen)}\n`).catch(() => undefined);
}

/** `none`: it says that it has none, or says something else. `missed`: no answer in time. */
async function look(engine: Watched, signal: AbortSignal): Promise<EngineReading | 'none' | 'missed'> {
  try {
    const response = await fetch(`${engine.baseUrl}/metrics`, {
      headers: { authorization: `Bearer ${await readApiKey(engine.apiKeyFile)}` },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await bodyOf(response);
    if (response.status === 503) return 'missed';
    return (response.ok && text !== null && readMetrics(text, Date.now())) || 'none';
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
