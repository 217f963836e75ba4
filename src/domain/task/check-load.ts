/** Loads that contradict each other, or that the one who is to make them cannot make. */
import type { TaskIssue } from './task-issue.js';
import type { TuningTask } from './task.schema.js';

/** What aiperf can be told of genai-bench's grammar. */
const AIPERF_SCENARIO = /^(?:D\(\d+,\d+\)|N\(\d+,\d+\)\/\(\d+,\d+\)|U\(\d+,\d+\)(?:\/\(\d+,\d+\))?)$/;
const WHO = {
  'genai-bench': 'genai-bench',
  'ome-benchmark-job': "OME's BenchmarkJob runs genai-bench, which",
} as const;

/** Everything that the schema alone cannot see. */
export function checkLoad({ benchmark, optimization: { objective } }: TuningTask): TaskIssue[] {
  const { runner, num_concurrency, request_rate, trace, arrival } = benchmark;
  const issues: TaskIssue[] = [];
  const refuse = (field: string, message: string): void => void issues.push({ path: ['benchmark', field], message });
  const open = request_rate !== undefined ? 'request_rate' : trace !== undefined ? 'trace' : null;
  if (open !== null && runner !== 'aiperf') {
    refuse(
      open,
      `${WHO[runner]} only keeps a number of requests in flight (num_concurrency); requests that wait for no answer need benchmark.runner 'aiperf'`
    );
  }
  if (request_rate !== undefined && trace !== undefined) refuse('trace', 'cannot stand beside request_rate');
  if (open !== null && num_concurrency !== undefined) {
    refuse('num_concurrency', `cannot stand beside ${open}, whose requests wait for none in flight`);
  }
  if (arrival !== undefined && request_rate === undefined)
    refuse('arrival', 'is about request_rate, which is not given');
  if (typeof arrival === 'object' && arrival.smoothness !== undefined && arrival.pattern !== 'gamma') {
    refuse('arrival', `has a smoothness, which '${arrival.pattern}' does not: set the pattern to 'gamma'`);
  }
  if (open !== null && typeof objective === 'object' && 'max_load' in objective) {
    refuse(open, 'cannot stand beside the objective max_load, which searches among numbers of requests in flight');
  }
  return runner === 'aiperf' ? [...issues, ...checkAiperf(benchmark)] : issues;
}

function checkAiperf({ task, traffic_scenarios: scenarios, trace }: TuningTask['benchmark']): TaskIssue[] {
  const issues: TaskIssue[] = [];
  if (task !== 'text-to-text') {
    issues.push({ path: ['benchmark', 'task'], message: "is 'text-to-text' with the runner aiperf" });
  }
  if (trace) return issues;
  scenarios.forEach((scenario, i) => {
    if (AIPERF_SCENARIO.test(scenario)) return;
    const message = "aiperf is told lengths only, as in 'D(100,100)', 'N(480,240)/(300,150)' or 'U(50,100)/(200,250)'";
    issues.push({ path: ['benchmark', 'traffic_scenarios', i], message });
  });
  return issues;
}
