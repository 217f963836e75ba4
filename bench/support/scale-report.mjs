/**
 * What one experiment costs: the median over groups of as many experiments as run at once, which a virtual machine that stands still for
 * seconds does not move.
 *
 * @param samples one per experiment: {atMs, cpuMs, serverCpuMs, rssMiB}
 */
export function costOf(samples, parallelism) {
  const groups = Array.from({ length: Math.floor(samples.length / parallelism) }, (_, i) =>
    samples.slice(i * parallelism, (i + 1) * parallelism + 1)
  );
  const cost = (key) => median(groups.map((group) => (group.at(-1)[key] - group[0][key]) / (group.length - 1)));
  return {
    elapsedMs: cost('atMs'),
    cpuMs: cost('cpuMs'),
    serverCpuMs: cost('serverCpuMs'),
    rssMiB: samples.at(-1).rssMiB,
  };
}

/**
 * @param tenths the cost of an experiment in each tenth of the tune
 * @param yardsticks the same of a tune that has just begun, taken before and after each tenth: one more than tenths
 */
export function printScale(tenths, yardsticks) {
  const print = (name, values, digits) =>
    console.log(`${name.padEnd(28)}${values.map((value) => value.toFixed(digits).padStart(7)).join('')}`);
  const of = (key) => tenths.map((cost) => cost[key]);
  const inYardsticks = (key) =>
    tenths.map((cost, i) => cost[key] / ((yardsticks[i][key] + yardsticks[i + 1][key]) / 2));
  const elapsed = inYardsticks('elapsedMs');
  const cpu = inYardsticks('cpuMs');
  const serverCpu = inYardsticks('serverCpuMs');
  const memory = of('rssMiB');

  print('tenth', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0);
  print('ms/experiment', of('elapsedMs'), 1);
  print(
    'yardstick before it, ms',
    yardsticks.slice(0, -1).map(({ elapsedMs }) => elapsedMs),
    1
  );
  print('worker CPU, ms', of('cpuMs'), 1);
  print('Temporal server CPU, ms', of('serverCpuMs'), 1);
  print('in yardsticks: elapsed', elapsed, 2);
  print('in yardsticks: worker CPU', cpu, 2);
  print('in yardsticks: server CPU', serverCpu, 2);
  print('worker memory, MiB', memory, 0);
  const change = (values) => `${((values.at(-1) / values[0] - 1) * 100).toFixed(1)} %`;
  console.log(
    `tenth tenth against the first, in yardsticks: elapsed ${change(elapsed)}, worker CPU ${change(cpu)}, ` +
      `server CPU ${change(serverCpu)}; memory ${change(memory)}`
  );
}

/** NaN when there is none. */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
