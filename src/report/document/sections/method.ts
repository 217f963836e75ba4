/** How it was measured, so that it can be judged and repeated. */
import type { ResultsFile } from '../../../domain/results/tune-result.js';
import { everyResult, measuredOf, noiseOf, noiseWords } from '../../charts/points.js';
import { count, listed, sentences } from '../../charts/text.js';
import { facts, section, table, text } from '../blocks.js';
import type { Block } from '../types.js';

export function methodSection(results: ResultsFile): Block[] {
  const { ran } = results;
  const all = everyResult(results);
  const from = all.flatMap(({ provenance }) => (provenance ? [provenance] : []));
  const distinct = (values: readonly (string | undefined)[]): string =>
    listed([...new Set(values.filter(Boolean) as string[])].slice(0, 8));
  const busiest = Math.max(0, ...from.map(({ load_average: average }) => average));
  return section('How it was measured', [
    ...text(noiseWords(noiseOf(results))),
    ...facts([
      ['Hosts', distinct(from.map(({ host }) => host))],
      ['Hardware', distinct(from.map(({ hardware }) => hardware))],
      ['Engine', distinct(from.map(({ engine, engine_version: version }) => `${engine} ${version}`))],
      ['Model', distinct(from.map(({ model }) => model))],
      ['Load generator', distinct(from.map(({ benchmark_version: version }) => version))],
      [
        'Load of the machine',
        from.length > 0
          ? `at most ${busiest.toFixed(1)} runnable processes just before a measurement (mean of a minute)`
          : '',
      ],
      ['Warm-up', warmUpWords(results)],
      ['Prefix cache', distinct(from.map(({ prefix_cache: cache }) => cache))],
      ['Seed', String(ran.seed)],
      ['Tuner', `${ran.autotuner_version}, Node ${ran.node_version}, on ${ran.machine}`],
      [
        'Run',
        `${ran.workflow_id}, ${ran.run_id}${ran.retry_of ? `; what had not failed is from ${ran.retry_of}` : ''}`,
      ],
    ]),
    ...reused(results),
  ]);
}

function warmUpWords(results: ResultsFile): string {
  const all = measuredOf(results).flatMap(({ provenance }) => (provenance?.warm_up ? [provenance.warm_up] : []));
  if (all.length === 0) return '';
  const requests = all.map((one) => one.requests);
  const unsteady = all.filter(({ steady }) => steady === false).length;
  const [least, most] = [Math.min(...requests), Math.max(...requests)];
  return sentences(
    `${least === most ? least : `${least} to ${most}`} requests before each measurement.`,
    unsteady > 0 && `${count(unsteady, 'experiment')} had not become steady.`
  );
}

function reused({ ran }: ResultsFile): Block[] {
  const { reused: own } = ran;
  if (!own || own.observations === 0) return [];
  const rows = own.tunes.map((tune) => [
    tune.task_name,
    tune.stored_at,
    String(tune.observations),
    tune.used ? 'used' : 'not used: it ran on something else',
  ]);
  return [
    ...text(
      `The search began with ${count(own.observations, 'observation')} of earlier tunes; none of them counts as a measurement here.`
    ),
    ...table('Earlier tunes', ['tune', 'stored', 'observations', ''], rows, [2]),
  ];
}
