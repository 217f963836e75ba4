import { Context } from '@temporalio/activity';
import type { ControlActivities } from '../contracts/activities.js';
import { wantsReuse } from '../domain/reuse/wants-reuse.js';
import { gatherReuse } from '../platform/earlier-runs/gather.js';
import type { Dependencies } from './dependencies.js';
import { plainTask } from './lib/plain-task.js';
import { storing } from './lib/storing.js';

/** What a tune begins with: it leaves its task for later tunes, and finds what earlier ones have learned. */
export function createOpeningActivities(
  dependencies: Pick<Dependencies, 'store' | 'earlierRuns' | 'redactor'>
): Pick<ControlActivities, 'openTune'> {
  const { store, earlierRuns } = dependencies;
  return {
    openTune: ({ tune, task }) =>
      storing(dependencies, async () => {
        // A disk that is full is told of when something is lost by it; only a later tune would have had use for this.
        await store.describe(tune, plainTask(task)).catch((error: unknown) => {
          Context.current().log.warn('later tunes will not learn from this one', { error: String(error) });
        });
        if (!wantsReuse(task)) return null;
        const reuse = await gatherReuse(task, earlierRuns, tune.runId);
        return reuse.tunes.length + reuse.skipped.length > 0 ? reuse : null;
      }),
  };
}
