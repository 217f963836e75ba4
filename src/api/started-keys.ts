import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Client } from '@temporalio/client';
import { ApiError } from './problem.js';

/** Kept with the run, so that a key is known for as long as Temporal keeps it, whatever becomes of this process. */
export const KEY_MEMO = 'idempotencyKey';

/** Runs of a task among which a key is looked for. */
const LOOKED_AT = 20;
const DAY_MS = 24 * 3600 * 1000;

/** A start that was asked for under a key. */
export interface KeyedStart {
  readonly key: string;
  /** What was asked for: under the same key it must be the same. */
  readonly body: unknown;
  readonly workflowId: string;
  readonly taskName: string;
}

/** What a start has led to. */
export interface Started {
  readonly workflowId: string;
  readonly runId: string;
}

/** Makes sure that a start under a key happens once, however often and at whichever server it is asked for. */
export class StartedKeys {
  private readonly known = new LRUCache<string, { body: string; started: Promise<Started> }>({
    max: 10_000,
    ttl: DAY_MS,
  });

  constructor(private readonly client: Client) {}

  /**
   * @param start starts it; the memo goes with the run.
   * @returns what was started, now or before.
   * @throws ApiError key-reused; what `start` throws.
   */
  async once(
    request: KeyedStart,
    start: (memo: Record<string, string>) => Promise<Started>
  ): Promise<Started & { readonly again: boolean }> {
    const key = digest(request.key);
    const body = digest(JSON.stringify(request.body));
    const known = this.known.get(key);
    if (known) return { ...(await this.same(known.body === body, known.started)), again: true };
    let again = false;
    const started = this.stored(request, `${key} ${body}`, key).then((found) => {
      again = found !== null;
      return found ?? start({ [KEY_MEMO]: `${key} ${body}` });
    });
    this.known.set(key, { body, started });
    // What failed may be tried again under its key.
    started.catch(() => this.known.delete(key));
    return { ...(await started), again };
  }

  private same(isSame: boolean, started: Promise<Started>): Promise<Started> {
    if (!isSame) throw new ApiError('key-reused', 'Send another Idempotency-Key with another request.');
    return started;
  }

  /** A run of the task that was started under the key; null where there is none. */
  private async stored({ taskName, workflowId }: KeyedStart, memo: string, key: string): Promise<Started | null> {
    // The list lags behind by a moment, and the run itself does not.
    const latest = await this.client.workflow
      .getHandle(workflowId)
      .describe()
      .catch(() => null);
    const listed = this.client.workflow.list({
      query: `WorkflowType = 'tuneWorkflow' AND AutotunerTask = '${taskName}'`,
    });
    const runs = latest ? [latest] : [];
    for await (const run of listed) if (runs.push(run as (typeof runs)[number]) > LOOKED_AT) break;
    for (const run of runs) {
      const kept = run.memo?.[KEY_MEMO];
      if (typeof kept !== 'string' || !kept.startsWith(key)) continue;
      if (kept !== memo) throw new ApiError('key-reused', 'Send another Idempotency-Key with another request.');
      return { workflowId: run.workflowId, runId: run.runId };
    }
    return null;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
