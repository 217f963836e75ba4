/** An engine and a load generator without a process: only for what is measured around them. */

export function stubBackend() {
  return {
    name: 'process',
    deploy: async () => undefined,
    waitUntilServing: async () => ({ engine: 'stub', version: '1', model: 'none', command: ['stub'] }),
    endpoint: async () => ({ baseUrl: 'http://127.0.0.1:9', modelName: 'none', apiKeyFile: '/dev/null' }),
    diagnose: async () => null,
    disturbances: async () => [],
    mend: async () => undefined,
    renew: async () => undefined,
    tearDown: async () => [],
    listOwned: async () => [],
  };
}

/** A measurement whose latency depends on nothing but the load, with every number that a real one has. */
export function stubRunner() {
  const statistics = ['mean', 'stddev', 'min', 'max', 'p25', 'p50', 'p75', 'p90', 'p95', 'p99'];
  const distribution = Object.fromEntries(statistics.map((name) => [name, 1]));
  const scalars = ['requests_per_s', 'output_tokens_per_s', 'input_tokens_per_s', 'total_tokens_per_s'];
  return {
    name: 'genai-bench',
    run: async ({ loads }) => ({
      measurements: loads.map((load) => ({
        ...load,
        ...Object.fromEntries(scalars.map((name) => [name, 1])),
        duration_s: 1,
        completed_requests: 1,
        failed_requests: 0,
        error_rate: 0,
        error_codes: {},
        ttft_s: distribution,
        tpot_s: distribution,
        e2e_latency_s: distribution,
      })),
      toolVersion: 'stub',
      totalSeconds: 0,
      toolSeconds: 0,
    }),
    stop: async () => [],
  };
}
