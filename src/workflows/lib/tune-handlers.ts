import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import {
  extendUpdate,
  pauseUpdate,
  progressQuery,
  resumeUpdate,
  stopUpdate,
  type TuneProgress,
} from '../../contracts/messages.js';
import type { TuningEvent } from '../../domain/tuning/tuning-reducer.js';
import { finishedCount } from '../../domain/tuning/tuning-state.js';

/** What the messages to a tune need of it. */
export interface Steerable {
  readonly progress: () => TuneProgress;
  readonly apply: (event: TuningEvent) => void;
  /** Cancels the running experiments. */
  readonly cancelExperiments: () => void;
}

/** Query and updates of a tune. To be called before anything is waited for: a message may come with the very first task. */
export function setTuneHandlers({ progress, apply, cancelExperiments }: Steerable): void {
  const refuseWhenEnding = (): void => {
    const { state, phase } = progress();
    if (state.stopping || phase === 'writing-results')
      throw ApplicationFailure.nonRetryable('the tune is already finishing');
  };
  setHandler(progressQuery, progress, {
    description: 'Where the tune stands: running experiments, counts, and the best so far.',
  });
  setHandler(
    pauseUpdate,
    () => {
      apply({ type: 'paused', atMs: Date.now() });
      return `paused; ${progress().state.running.length} running experiments will end normally`;
    },
    { validator: refuseWhenEnding, description: 'Start no further experiment.' }
  );
  setHandler(
    resumeUpdate,
    () => {
      apply({ type: 'resumed', atMs: Date.now() });
      return 'resumed';
    },
    { validator: refuseWhenEnding, description: 'Go on after a pause.' }
  );
  setHandler(
    stopUpdate,
    () => {
      apply({ type: 'stopped', atMs: Date.now() });
      cancelExperiments();
      return `stopping with the best of ${finishedCount(progress().state)} experiments`;
    },
    { validator: refuseWhenEnding, description: 'Finish now with the best so far.' }
  );
  setHandler(
    extendUpdate,
    ({ iterations }) => {
      apply({ type: 'extended', by: iterations });
      const { maxIterations, ended } = progress().state;
      return `up to ${maxIterations} experiments${ended ? ', for which the budget has no room' : ''}`;
    },
    {
      validator: ({ iterations }) => {
        refuseWhenEnding();
        if (progress().state.retry)
          throw ApplicationFailure.nonRetryable('a retry only runs again what failed; start a new tune for more');
        if (!Number.isInteger(iterations) || iterations < 1)
          throw ApplicationFailure.nonRetryable('iterations must be a whole number above 0');
      },
      description: 'Allow more experiments: {"iterations": 10}.',
    }
  );
}
