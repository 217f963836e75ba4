import { describe, expect, it } from '@jest/globals';
import { taskFileOf } from '../../../test/support/tasks.js';
import { loadsOf } from '../loads/load.js';
import { parseTask, type ParsedTask } from './parse-task.js';

const parse = (benchmark: object, more: object = {}): ParsedTask => parseTask(taskFileOf({ ...more, benchmark }));
const issuesOf = (benchmark: object, more?: object): string[] => {
  const parsed = parse(benchmark, more);
  return 'task' in parsed ? [] : parsed.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

describe('the loads of a task', () => {
  it('need aiperf for a rate, which is taken without being asked for', () => {
    const parsed = parse({ request_rate: [2, 4], arrival: { pattern: 'gamma', smoothness: 0.5 } });
    if (!('task' in parsed)) throw new Error(JSON.stringify(parsed.issues));
    const { benchmark } = parsed.task;
    expect(benchmark.runner).toBe('aiperf');
    expect(benchmark).not.toHaveProperty('num_concurrency');
    expect(loadsOf(benchmark)).toEqual([
      { scenario: 'D(100,100)', request_rate: 2 },
      { scenario: 'D(100,100)', request_rate: 4 },
    ]);
    // What was completed can be read again, as it is where a tune is started once more.
    expect(parseTask(parsed.task)).toEqual(parsed);
  });

  it('are what they were without a rate', () => {
    const parsed = parse({});
    if (!('task' in parsed)) throw new Error(JSON.stringify(parsed.issues));
    expect(parsed.task.benchmark).toMatchObject({ runner: 'genai-bench', num_concurrency: [1] });
  });

  it('are those of a trace', () => {
    const parsed = parse({ trace: { file: 'chat.jsonl', speed: [1, 2] } });
    if (!('task' in parsed)) throw new Error(JSON.stringify(parsed.issues));
    expect(loadsOf(parsed.task.benchmark)).toEqual([
      { scenario: 'trace(chat.jsonl)', speed: 1 },
      { scenario: 'trace(chat.jsonl)', speed: 2 },
    ]);
  });

  it.each([
    [{ runner: 'genai-bench', request_rate: 2 }, /^benchmark\.request_rate: genai-bench only keeps .*runner 'aiperf'$/],
    [{ runner: 'genai-bench', trace: { file: 'a' } }, /^benchmark\.trace: genai-bench only .* 'aiperf'$/],
    [{ request_rate: 2, num_concurrency: [4] }, /^benchmark\.num_concurrency: cannot stand beside request_rate/],
    [{ request_rate: 2, trace: { file: 'a' } }, /^benchmark\.trace: cannot stand beside request_rate/],
    [{ arrival: 'constant' }, /^benchmark\.arrival: is about request_rate/],
    [{ request_rate: 2, arrival: { pattern: 'poisson', smoothness: 2 } }, /^benchmark\.arrival: has a smoothness/],
    [{ request_rate: 2, arrival: 'poison' }, /^benchmark\.arrival: must be one of .*did you mean 'poisson'/],
    [{ request_rate: 0 }, /^benchmark\.request_rate/],
    [
      { request_rate: 2, traffic_scenarios: ['E(64)'] },
      /^benchmark\.traffic_scenarios\.0: aiperf is told lengths only/,
    ],
    [{ request_rate: 2, task: 'text-to-embeddings' }, /^benchmark\.task/],
    [{ trace: { file: '../secret' } }, /^benchmark\.trace\.file: must be letters/],
    [{ trace: { file: 'a/../b' } }, /^benchmark\.trace\.file: must be letters/],
    [{ trace: { file: '/etc/passwd' } }, /^benchmark\.trace\.file: must be letters/],
  ])('are refused: %j', (benchmark, message) => {
    expect(issuesOf(benchmark)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });

  it("are refused where OME's BenchmarkJob is to make them", () => {
    const ome = { backend: 'ome', engine: 'sglang', base_runtime: 'r' };
    expect(issuesOf({ runner: 'ome-benchmark-job', request_rate: 2 }, ome)).toEqual([
      expect.stringMatching(/^benchmark\.request_rate: OME's BenchmarkJob runs genai-bench.*'aiperf'$/),
    ]);
    expect(issuesOf({ request_rate: 2 }, ome)).toEqual([]);
  });

  it('cannot be searched for the most requests in flight where they come at a rate', () => {
    const objective = { max_load: { max: 8 } };
    const slos = [{ metric: 'ttft', statistic: 'p95', max: 1 }];
    expect(issuesOf({ request_rate: 2 }, { optimization: { objective }, slos })).toEqual([
      expect.stringMatching(/^benchmark\.request_rate: cannot stand beside the objective max_load/),
    ]);
  });

  it('are named by limits and weights with their rate', () => {
    const slo = { metric: 'ttft', statistic: 'p95', max: 1 };
    const wanted = (loads: object): string[] => issuesOf({ request_rate: [2, 4] }, { slos: [{ ...slo, loads }] });
    expect(wanted({ request_rate: 4 })).toEqual([]);
    expect(wanted({ request_rate: 3 })).toEqual([
      expect.stringMatching(/request_rate: no load has 3; there are 2, 4$/),
    ]);
    expect(wanted({ concurrency: 4 })).toEqual([expect.stringMatching(/concurrency: no load has 4; there are none$/)]);
  });
});
