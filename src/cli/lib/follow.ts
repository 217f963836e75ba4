import { setTimeout as sleep } from 'node:timers/promises';
import type { Tune, TuneResult } from '../../client/index.js';
import { resultsOf } from '../../client/results-of.js';
import { ExitCode } from '../exit-codes.js';
import { isUnavailable } from './errors.js';
import { describeTuneFailure } from './failures-view.js';
import { shownPath } from './format.js';
import { createView, type View } from './progress-view.js';
import { describeResults } from './results-view.js';
import { ENDING_SIGNALS } from './until-signalled.js';

export interface FollowOptions {
  readonly json: boolean;
  /** Ctrl-C cancels the tune, because its servers end with this process; otherwise it detaches. */
  readonly owned: boolean;
}

/** Shows a tune until it ends or the user leaves. @returns the exit code. */
export async function follow(tune: Tune, { json, owned }: FollowOptions): Promise<number> {
  const view = createView(json);
  const detach = new AbortController();
  let interrupted = 0;
  const interrupt = (): void => {
    interrupted++;
    if (!owned) return detach.abort();
    if (interrupted === 1) {
      view.note('cancelling: the engine is taken down first; press Ctrl-C again to leave at once');
      void tune.cancel().catch((error: unknown) => view.note(`cannot cancel: ${String(error)}`));
    } else {
      view.end();
      console.error("left at once: what still runs is ended by the next start, or by 'autotuner gc'");
      process.exit(ExitCode.interrupted);
    }
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, interrupt);
  try {
    await watchToTheEnd(tune, view, detach.signal);
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, interrupt);
    view.end();
  }
  if (detach.signal.aborted) {
    console.error(
      `detached; ${tune.workflowId} goes on. Come back: autotuner watch ${tune.workflowId}  End it: autotuner cancel ${tune.workflowId}`
    );
    return ExitCode.interrupted;
  }
  return printEnd(tune, json, interrupted > 0);
}

/** Waits for Temporal itself when it goes away: the tune does so too. */
async function watchToTheEnd(tune: Tune, view: View, signal: AbortSignal): Promise<void> {
  let away = false;
  for (;;) {
    try {
      for await (const snapshot of tune.watch({ signal })) {
        if (away) view.note('Temporal answers again');
        away = false;
        view.update(snapshot);
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!isUnavailable(error)) throw error;
      if (!away) view.note('Temporal does not answer; waiting for it');
      away = true;
      await sleep(1000, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function printEnd(tune: Tune, json: boolean, interrupted: boolean): Promise<number> {
  const print = (type: string, value: object, text: string): void =>
    console.log(json ? JSON.stringify({ type, ...value }) : text);
  let result: TuneResult;
  try {
    result = await tune.result();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'WorkflowFailedError') throw error;
    const cause = error.cause as (Error & { type?: string; details?: unknown[] }) | undefined;
    const message = cause?.message ?? error.message;
    const code = cause?.type ?? null;
    if (interrupted) {
      print('cancelled', { message }, 'cancelled; what was measured is in the results folder');
      return ExitCode.interrupted;
    }
    const evidence = Array.isArray(cause?.details?.[0]) ? cause.details[0].map(String) : [];
    const lines = [`the tune failed${code ? ` (${code})` : ''}: ${message}`, ...describeTuneFailure(code, evidence)];
    print('failed', { code, message, evidence }, lines.join('\n'));
    return code === 'INVALID_TASK' ? ExitCode.usage : ExitCode.tuneFailed;
  }
  const text = json ? '' : describeResults(await resultsOf(tune));
  print('result', { result }, `\n${text}\nresults:  ${shownPath(result.resultsFile)}, ${shownPath(result.csvFile)}`);
  return result.best || result.verdict.kind === 'noise' ? ExitCode.ok : ExitCode.nothingFeasible;
}
