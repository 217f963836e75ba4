/** A plan, schedules and a history that were made up. */
import type {
  ComparisonView,
  HistoryEntryView,
  NoiseView,
  Plan,
  ScheduleDetail,
  SchedulePage,
  TrendView,
} from '../../../src/contracts/http/index.js';

const DAY_MS = 24 * 3600 * 1000;
const at = (daysAgo: number): string => new Date(Date.parse('2026-11-20T15:00:00Z') - daysAgo * DAY_MS).toISOString();

export function planSample(): Plan {
  return {
    taskName: 'my-tune',
    combinations: { size: 6, allowed: 6, pruned: 0, exact: true, words: '6, of which the constraints prune 0' },
    experiments: { most: 6, strategy: 'grid_search', parallelism: 1, words: '6 (grid_search, up to 1 at once)' },
    finals: { least: 9, most: 30, words: '9 to 30 measurements: the baseline and up to 2 finalists in 3 to 10 rounds' },
    loads: {
      starts: 1,
      items: ['D(200,16) at 1', 'D(200,16) at 4'],
      words: '2 per experiment: D(200,16) at 1, D(200,16) at 4',
    },
    objective: 'minimize ttft mean, mean of 2 loads',
    limits: [],
    forecast: {
      timeLimits: { basis: 'time_limits', total: { wall_time: { low: 13_680, mid: 13_680, high: 13_680 } } },
      lastRun: { basis: 'experiments', total: { wall_time: { low: 420, mid: 480, high: 660 } } },
      words: [],
    },
    ...{ budget: {}, currency: 'USD', reuse: [], lines: [] },
    first: {
      combination: { threads: 1, parallel: 1 },
      command: 'llama-server --threads 1 --parallel 1',
      isExample: false,
    },
    warnings: [
      {
        id: 'slots-share-context',
        level: 'note',
        source: null,
        parameter: 'parallel',
        words: 'The slots divide the context: with 4 of them a request has 1024 tokens.',
      },
    ],
  };
}

export function scheduleSample(path: string): SchedulePage | ScheduleDetail {
  const schedule = {
    ...{ id: 'llama-70b-nightly', scheduleId: 'tune-schedule/llama-70b-nightly', taskName: 'llama-70b-nightly' },
    ...{ paused: false, note: '', nextAt: [at(-0.5)], recent: [{ at: at(0.5), tune: 'llama-70b-nightly-2026-11-20' }] },
  };
  if (path === '/schedules') return { items: [schedule], next: null };
  return { ...schedule, cron: ['0 3 * * *'], everySeconds: null, overlap: 'skip', task: null };
}

export function historySample(): HistoryEntryView[] {
  return [0, 1, 2, 3, 4, 5].map((i) => ({
    ...{
      runId: `run-${i}`,
      workflowId: 'tune/llama-70b-chat',
      taskName: i % 3 === 2 ? 'qwen-32b-batch' : 'llama-70b-chat',
    },
    ...{
      model: i % 3 === 2 ? 'Qwen/Qwen3-32B' : 'meta-llama/Llama-3.3-70B-Instruct',
      engine: 'sglang',
      engineVersion: `0.5.${9 - i}`,
    },
    ...{
      backend: 'ome',
      hardware: '8 x NVIDIA H100 80GB',
      hosts: ['gpu-17'],
      startedAt: at(i * 7 + 0.1),
      finishedAt: at(i * 7),
    },
    ...{ elapsedSeconds: 7300, ended: 'max_iterations' as const, stoppedEarly: false, experiments: 40, successful: 33 },
    objective: { metric: 'ttft', statistic: 'p95', direction: 'minimize' },
    objectiveWords: 'minimize ttft p95, mean of 4 loads',
    ...{
      score: 0.31 + i * 0.012,
      isFromFinals: true,
      scoreWords: `ttft p95 ${(310 + i * 12).toFixed(1)} ms`,
      baselineScore: 0.42 + i * 0.004,
    },
    bestParameters: { tp_size: 8, schedule_policy: i > 2 ? 'fcfs' : 'lpm' },
    verdict: i === 3 ? ('no_gain' as const) : ('gain' as const),
    gain: i === 3 ? { percent: 1.2, low: -2.4, high: 4.6 } : { percent: 26.1 - i, low: 22.4 - i, high: 29.6 - i },
    ...{ noisePercent: 2.1, answer: 'Best of 40.', retryOf: null },
  }));
}

export function trendSample(): TrendView {
  const points = historySample()
    .filter(({ taskName }) => taskName === 'llama-70b-chat')
    .reverse();
  return {
    taskName: 'llama-70b-chat',
    points: points.map((entry, i) => ({
      entry,
      changes: i === 2 ? [{ name: 'schedule_policy', from: 'fcfs', to: 'lpm' }] : [],
      surroundings:
        i > 0
          ? [
              {
                name: 'engine version',
                values: [points[i - 1]?.engineVersion ?? null, entry.engineVersion],
                differs: true,
              },
            ]
          : [],
      isComparable: true,
      changePercent: i > 0 ? 3.4 : null,
      beyondNoise: i > 0 ? i === 2 : null,
    })),
  };
}

export function compareSample(): ComparisonView {
  const [one, two] = historySample() as [HistoryEntryView, HistoryEntryView];
  return {
    runs: [two, one],
    settings: [
      { name: 'engine version', values: ['0.5.8', '0.5.9'], differs: true },
      { name: 'hardware', values: ['8 x NVIDIA H100 80GB', '8 x NVIDIA H100 80GB'], differs: false },
    ],
    parameters: [
      { name: 'tp_size', values: [8, 8], differs: false },
      { name: 'schedule_policy', values: ['fcfs', 'lpm'], differs: true },
    ],
    loads: [4, 32].map((concurrency) => ({
      ...{ scenario: 'D(512,128)', concurrency },
      metrics: ['ttft', 'tpot'].map((metric) => ({
        ...{ metric, statistic: 'p95', words: `${metric} p95`, unit: 's', values: [0.322, 0.31] },
        differences: [null, { percent: -3.7, better: true, beyondNoise: concurrency === 32 }],
      })),
    })),
    isComparable: true,
    words: [
      'The same objective over the same loads, on engine versions that differ.',
      'Differences below 3.0 % are noise on this host.',
    ],
  };
}

export function noiseSample(): NoiseView {
  const pooled = { percent: 2.1, low: 1.8, high: 2.6, degreesOfFreedom: 34, tunes: 6, lastMeasuredAt: at(0) };
  return {
    hosts: [{ ...pooled, host: 'gpu-17', hardware: '8 x NVIDIA H100 80GB', aaTunes: 1, bySetting: [], words: '' }],
  };
}
