/**
 * What an experiment costs, and the worker's memory, over tenths of the tune. The elapsed time is given as a mean, which holds everything, and as
 * the median over groups of as many experiments as run at once, which a virtual machine that stands still for seconds does not move. A virtual
 * machine's speed changes as well; the reference loop, a fixed amount of work in a thread of its own, shows by how much, and the cost is also given
 * relative to it.
 *
 * @param finished one sample per experiment: {atMs, cpuMs, serverCpuMs, rssMiB, loopMs: times of the reference loop since the sample before}
 */
export function printScale(finished, parallelism) {
  const tenth = Math.floor(finished.length / 10);
  const tenths = Array.from({ length: 10 }, (_, i) => finished.slice(i * tenth, (i + 1) * tenth));
  const elapsed = tenths.map((items) => median(perExperiment(items, parallelism, 'atMs')));
  const mean = tenths.map((items) => per(items, 'atMs'));
  const cpu = tenths.map((items) => per(items, 'cpuMs'));
  const serverCpu = tenths.map((items) => per(items, 'serverCpuMs'));
  const loop = tenths.map((items) => median(items.flatMap((item) => item.loopMs)));
  const relative = elapsed.map((ms, i) => ms / loop[i]);
  const memory = tenths.map((items) => items.at(-1).rssMiB);

  const print = (name, values, digits) =>
    console.log(`${name.padEnd(24)}${values.map((value) => value.toFixed(digits).padStart(7)).join('')}`);
  print('tenth', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0);
  print('ms/experiment, median', elapsed, 1);
  print('ms/experiment, mean', mean, 1);
  print('worker CPU, ms', cpu, 1);
  print('Temporal server CPU, ms', serverCpu, 1);
  print('reference loop, ms', loop, 1);
  print('median / loop', relative, 2);
  print('worker memory, MiB', memory, 0);
  const change = (values) => `${((values[9] / values[0] - 1) * 100).toFixed(1)} %`;
  console.log(
    `tenth tenth against the first: elapsed ${change(elapsed)}, relative to the loop ${change(relative)}, ` +
      `worker CPU ${change(cpu)}, server CPU ${change(serverCpu)}, memory ${change(memory)}`
  );
}

function per(group, key) {
  return (group.at(-1)[key] - group[0][key]) / (group.length - 1);
}

/** The cost of one experiment in each group of as many as run at once. */
export function perExperiment(items, parallelism, key) {
  return Array.from({ length: Math.floor(items.length / parallelism) }, (_, i) =>
    per(items.slice(i * parallelism, (i + 1) * parallelism + 1), key)
  );
}

/** NaN when there is none. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
