/** The command line: llama-server's names, defaults and error messages. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { StartError } from './errors.js';

/** Cache types that llama.cpp accepts for keys and values. */
const CACHE_TYPES = ['f32', 'f16', 'bf16', 'q8_0', 'q4_0', 'q4_1', 'iq4_nl', 'q5_0', 'q5_1'] as const;
export type CacheType = (typeof CACHE_TYPES)[number];

const FLASH_ATTENTION = ['on', 'off', 'auto'] as const;

export interface EngineOptions {
  /** Path of the GGUF file. */
  modelPath: string;
  /** Name of the model in the API. @default the file's name */
  alias: string;
  /** @default 127.0.0.1 */
  host: string;
  /** 0 takes any free port. @default 8080 */
  port: number;
  /** Threads that compute, at most the number of cores. @default the number of cores */
  threads: number;
  /** Slots: requests that are worked on at the same time. @default 4 */
  parallel: number;
  /** Most tokens of all slots in one step. @default 2048 */
  batchSize: number;
  /** Most tokens that are computed at once; bounds the batch. @default 512 */
  microBatchSize: number;
  /** Tokens of context, divided over the slots; 0 takes what the model was trained with. @default 0 */
  contextSize: number;
  /** @default auto */
  flashAttention: (typeof FLASH_ATTENTION)[number];
  /** @default f16 */
  cacheTypeKey: CacheType;
  /** Other than f16, bf16 and f32 need flash attention. @default f16 */
  cacheTypeValue: CacheType;
  /** Accepted keys; without any the API is open. */
  apiKeys: string[];
  /** Whether GET /metrics answers. @default false */
  metrics: boolean;
}

type Setter = (options: EngineOptions, value: string) => void;

function integer(minimum: number, maximum = 2 ** 31 - 1): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^-?\d+$/.test(value) && number >= minimum && number <= maximum) return number;
    throw new StartError(`expected an integer from ${minimum} to ${maximum}, got "${value}"`);
  };
}

function oneOf<T extends string>(values: readonly T[]): (value: string) => T {
  return (value) => {
    const match = values.find((candidate) => candidate === value);
    if (match) return match;
    throw new StartError(`expected one of ${values.join(', ')}, got "${value}"`);
  };
}

function keysFromFile(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  } catch (error) {
    throw new StartError(`cannot read "${file}" (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Flags that take a value, with all their names. */
const VALUE_FLAGS: [names: string[], set: Setter][] = [
  [['--model', '-m'], (options, value) => (options.modelPath = value)],
  [['--alias', '-a'], (options, value) => (options.alias = value)],
  [['--host'], (options, value) => (options.host = value)],
  [['--port'], (options, value) => (options.port = integer(0, 65_535)(value))],
  [['--threads', '-t'], (options, value) => (options.threads = integer(-1, 512)(value))],
  [['--parallel', '-np'], (options, value) => (options.parallel = integer(1, 256)(value))],
  [['--batch-size', '-b'], (options, value) => (options.batchSize = integer(1)(value))],
  [['--ubatch-size', '-ub'], (options, value) => (options.microBatchSize = integer(1)(value))],
  [['--ctx-size', '-c'], (options, value) => (options.contextSize = integer(0)(value))],
  [['--flash-attn', '-fa'], (options, value) => (options.flashAttention = oneOf(FLASH_ATTENTION)(value))],
  [['--cache-type-k', '-ctk'], (options, value) => (options.cacheTypeKey = oneOf(CACHE_TYPES)(value))],
  [['--cache-type-v', '-ctv'], (options, value) => (options.cacheTypeValue = oneOf(CACHE_TYPES)(value))],
  [['--api-key'], (options, value) => options.apiKeys.push(...value.split(',').filter(Boolean))],
  [['--api-key-file'], (options, value) => options.apiKeys.push(...keysFromFile(value))],
];

const SWITCHES: [names: string[], set: (options: EngineOptions) => void][] = [
  [['--metrics'], (options) => (options.metrics = true)],
  // There is no web page to switch off; the flag is accepted because commands for llama-server carry it.
  [['--no-webui', '--no-ui'], () => undefined],
];

/**
 * @param args without the program's name
 * @throws {StartError} for an unknown flag or a bad value
 */
export function parseArguments(args: string[]): EngineOptions {
  const options: EngineOptions = {
    modelPath: '',
    alias: '',
    host: '127.0.0.1',
    port: 8080,
    threads: -1,
    parallel: 4,
    batchSize: 2048,
    microBatchSize: 512,
    contextSize: 0,
    flashAttention: 'auto',
    cacheTypeKey: 'f16',
    cacheTypeValue: 'f16',
    apiKeys: [],
    metrics: false,
  };
  const rest = args.values();
  for (const flag of rest) {
    const turn = SWITCHES.find(([names]) => names.includes(flag));
    const take = VALUE_FLAGS.find(([names]) => names.includes(flag));
    if (turn) turn[1](options);
    else if (take) setValue(options, flag, take[1], rest.next().value);
    else throw new StartError(`invalid argument: ${flag}`);
  }
  if (!options.modelPath) throw new StartError('--model is required');
  options.alias ||= path.basename(options.modelPath);
  // The threads of the prebuilt llama.cpp wait for each other by spinning. With one more than there are cores every such
  // wait costs a turn of the scheduler, and a token takes seconds.
  const cores = os.availableParallelism();
  if (options.threads > cores)
    console.error(`warning: --threads ${options.threads} exceeds ${cores} cores, using ${cores}`);
  if (options.threads < 1 || options.threads > cores) options.threads = cores;
  return options;
}

function setValue(options: EngineOptions, flag: string, set: Setter, value: string | undefined): void {
  if (value === undefined) throw new StartError(`while handling argument "${flag}": expected value for argument`);
  try {
    set(options, value);
  } catch (error) {
    throw new StartError(`while handling argument "${flag}": ${(error as Error).message}`);
  }
}
