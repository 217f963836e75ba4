import { Command } from 'commander';
import type { ReapReport } from '../contracts/activities.js';
import { CONTROL_QUEUE } from '../contracts/task-queues.js';
import { readEnvironment } from '../platform/environment.js';
import { tryLock } from '../platform/host-lock.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';

/** `autotuner gc [--dry-run]`: removes what experiments that are over have left on this machine and in its cluster. */
export function gcCommand(): Command {
  return new Command('gc')
    .description('Take down what ended experiments have left: processes, cluster objects, half-made folders, places.')
    .option('--dry-run', 'only say what would be removed', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      '\nWhat belongs to an open experiment, is younger than a minute, or is not ours is never touched. A worker does the same\nevery five minutes by itself. The exit code is 9 when something could not be looked at or taken down.\n\nExample:\n  autotuner gc --dry-run'
    )
    .action(
      command(async ({ dryRun, json }: { dryRun: boolean; json: boolean }) => {
        const report = await reap(dryRun);
        if (json) console.log(JSON.stringify(report, null, 2));
        else console.log(describeReport(report, dryRun));
        return report.problems.length > 0 ? ExitCode.unhealthy : ExitCode.ok;
      })
    );
}

/** A running worker knows which places are taken, so it does the work itself; without one we do. */
async function reap(dryRun: boolean): Promise<ReapReport> {
  const [{ connect }, { reapOrphans }, { createDependencies }] = await Promise.all([
    import('../client/index.js'),
    import('../activities/reap-orphans.js'),
    import('../worker/dependencies.js'),
  ]);
  const environment = readEnvironment();
  const client = await connect();
  const lock = await tryLock(environment.stateDir, 'host');
  try {
    if (lock) return await reapOrphans(await createDependencies(environment, client), dryRun);
    const { hostId } = environment;
    const report = (await client.workflow.execute('reapOrphansWorkflow', {
      workflowId: `reap/${hostId}/gc-${Date.now()}`,
      taskQueue: CONTROL_QUEUE,
      args: [{ hostId, dryRun }],
    })) as Partial<ReapReport> | null;
    // A worker of an earlier version tells of no problems.
    const problems = report ? [] : ["this machine's worker does not answer: nothing was looked at"];
    return { hostId, examined: 0, removed: [], problems, ...report };
  } finally {
    await lock?.release();
    await client.connection.close();
  }
}

function describeReport({ examined, removed, problems }: ReapReport, dryRun: boolean): string {
  const lines = removed.map(
    ({ name, kind, reason }) => `${dryRun ? 'would remove' : 'removed'} ${kind} ${name}: ${reason}`
  );
  for (const problem of problems) lines.push(`problem: ${problem}`);
  return [...lines, `${examined} examined, ${removed.length} ${dryRun ? 'to be removed' : 'removed'}`].join('\n');
}
