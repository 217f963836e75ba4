import type { Client } from '@temporalio/client';
import type { Tune } from '../client/index.js';
import {
  outlineFrom,
  resultsFrom,
  TuneBook,
  Tunes,
  type BookEntry,
  type TuneFailure,
  type TuneInfo,
  type TuneSnapshot,
} from '../client/index.js';
import type { ExperimentRow } from '../contracts/http/experiments.js';
import type { TuneView } from '../contracts/http/tunes.js';
import { columnsOf } from '../domain/results/result-columns.js';
import type { ResultColumns } from '../domain/results/result-columns.schema.js';
import type { ResultsFile } from '../domain/results/tune-result.js';
import { LRUCache } from 'lru-cache';
import { unfinishedRow } from './views/experiment-rows.js';
import { DigestMaker, type TuneDigest } from './views/tune-digest.js';
import { workflowIdOf, type TemporalUi } from './views/tune-summary.js';
import { endedOf, viewOf } from './views/tune-view.js';

/** A tune with all that is known of it at one moment. */
export interface TuneReading {
  readonly snapshot: TuneSnapshot;
  readonly entry: BookEntry;
  /** Null where the task file is none. */
  readonly digest: TuneDigest | null;
}

/** How many finished tunes' results are kept as they are sent. */
const KEPT_RESULTS = 20;

/** Reads tunes for all routes: nothing that was read once is read again, and nothing is computed twice. */
export class TuneReader {
  readonly tunes: Tunes;
  readonly book: TuneBook;
  private readonly maker = new DigestMaker();
  private readonly digests = new LRUCache<string, { of: readonly unknown[]; digest: TuneDigest | null }>({ max: 100 });
  private readonly failures = new LRUCache<string, { failure: TuneFailure | null }>({ max: 200 });
  private readonly ended = new LRUCache<string, TuneSnapshot>({ max: 200 });
  private readonly results = new LRUCache<string, ResultsFile>({ max: KEPT_RESULTS });
  private readonly columns = new LRUCache<string, ResultColumns>({ max: KEPT_RESULTS });

  constructor(
    readonly client: Client,
    readonly ui: TemporalUi
  ) {
    this.tunes = new Tunes(client);
    this.book = new TuneBook(client);
  }

  /** @throws TuneNotFoundError. */
  find(id: string, run?: string): Promise<Tune> {
    return this.tunes.get(workflowIdOf(id), run);
  }

  /** What there is to know without asking a worker: for all that only wants outcomes. */
  async outcomes(id: string, run?: string): Promise<TuneReading> {
    const info = await (await this.find(id, run)).describe();
    return this.readingOf({ info, progress: null, running: [], spending: null });
  }

  /** All of it. Of a tune that has ended, a worker is asked once. */
  async look(tune: Tune): Promise<TuneReading> {
    const { runId, closedAt } = await tune.describe();
    const known = closedAt === null ? undefined : this.ended.get(runId);
    if (known) return this.readingOf(known);
    const snapshot = await tune.look();
    if (snapshot.info.closedAt !== null && snapshot.progress) this.ended.set(snapshot.info.runId, snapshot);
    return this.readingOf(snapshot);
  }

  /** What there is to know of its experiments: a worker is asked only while there may be some without an outcome. */
  async experiments(id: string, run?: string): Promise<TuneReading> {
    const reading = await this.outcomes(id, run);
    return reading.snapshot.info.closedAt === null ? this.look(await this.find(id, run)) : reading;
  }

  async view(tune: Tune, { snapshot, entry, digest }: TuneReading): Promise<TuneView> {
    const failure = snapshot.info.status === 'failed' ? await this.failureOf(tune, snapshot.info) : null;
    return viewOf({ snapshot, history: entry.history, digest, failure, ui: this.ui });
  }

  /** The results file so far, or of the end. @throws TunerError where the task file is none. */
  resultsOf({ snapshot: { info }, entry }: TuneReading): ResultsFile {
    const key = `${info.runId} ${info.status} ${entry.history.outcomes.length}`;
    const isOver = info.closedAt !== null;
    const known = isOver ? this.results.get(key) : undefined;
    if (known) return known;
    const results = resultsFrom(info, entry.history);
    if (isOver) this.results.set(key, results);
    return results;
  }

  /** What is drawn of them. @throws TunerError where the task file is none. */
  columnsOf({ snapshot: { info }, entry }: TuneReading): ResultColumns {
    const key = `${info.runId} ${info.status} ${entry.history.outcomes.length}`;
    const known = this.columns.get(key);
    if (known) return known;
    const columns = columnsOf(outlineFrom(info, entry.history));
    this.columns.set(key, columns);
    return columns;
  }

  close(): void {
    this.book.close();
  }

  private async readingOf(snapshot: TuneSnapshot): Promise<TuneReading> {
    const entry = await this.book.read(snapshot.info);
    return { snapshot, entry, digest: this.digestOf(snapshot, entry) };
  }

  /** Most events of a tune end no experiment: then there is nothing new to conclude. */
  private digestOf({ info, progress }: TuneSnapshot, { history }: BookEntry): TuneDigest | null {
    const isRunning = info.status === 'running';
    const ended = endedOf({ info, progress }, history);
    const known = this.digests.get(info.runId);
    const of = [...history.outcomes, ...history.lost, isRunning, ended?.reason, ended?.stage];
    if (known && known.of.length === of.length && known.of.every((one, i) => one === of[i])) return known.digest;
    const digest = this.maker.make(history, { isRunning, ended });
    this.digests.set(info.runId, { of, digest });
    return digest;
  }

  private async failureOf(tune: Tune, { runId }: TuneInfo): Promise<TuneFailure | null> {
    const known = this.failures.get(runId);
    if (known) return known.failure;
    const failure = await tune.failure();
    this.failures.set(runId, { failure });
    return failure;
  }
}

/** Every experiment of a tune, also those that have no outcome yet, by number. */
export function allRows({ snapshot: { progress, running }, digest }: TuneReading): ExperimentRow[] {
  const rows = new Map(digest?.rows);
  const phases = new Map(running.map(({ experimentId, phase }) => [experimentId, phase]));
  for (const item of progress?.state.running ?? [])
    if (!rows.has(item.experimentId))
      rows.set(item.experimentId, {
        ...unfinishedRow(item, 'running'),
        phase: phases.get(item.experimentId) ?? 'queued',
      });
  for (const item of progress?.state.planned ?? [])
    if (!rows.has(item.experimentId)) rows.set(item.experimentId, { ...unfinishedRow(item, 'planned'), phase: null });
  return [...rows.values()].sort((a, b) => a.experimentId - b.experimentId);
}
