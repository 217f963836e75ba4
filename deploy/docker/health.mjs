/** Whether what this container runs is alive: a worker by the numbers of its SDK, `autotuner serve` by /healthz. For HEALTHCHECK. */
const WITHIN_MS = 4000;

const metricsPort = process.env.AUTOTUNER_SDK_METRICS?.split(':').at(-1);
const addresses = [
  'http://127.0.0.1:8400/healthz',
  ...(metricsPort ? [`http://127.0.0.1:${metricsPort}/metrics`] : []),
];
const answers = addresses.map(async (address) => {
  const { ok } = await fetch(address, { signal: AbortSignal.timeout(WITHIN_MS) });
  if (!ok) throw new Error(address);
});
try {
  await Promise.any(answers);
} catch {
  console.error(`none of these answers: ${addresses.join(', ')}`);
  process.exitCode = 1;
}
