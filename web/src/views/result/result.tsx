/** A results file for people: the verdict, why this one, what it costs. Of a tune of now, or of the history. */
import type { JSX } from 'preact';
import { Link } from 'wouter-preact';
import { LoadGains } from './load-gains.js';
import { VerdictPanel } from './verdict-panel.js';
import { describeAmounts } from '../../../../src/domain/budget/words.js';
import { tunePage, type TuneRef } from '../../api/paths.js';
import { formatDuration, formatExactTime } from '../../lib/format.js';
import { whyThis } from '../../lib/why.js';
import { Chips, Facts, Panel } from '../../ui/blocks.js';
import type { ResultsOutline } from '../../../../src/domain/results/outline.js';

interface Props {
  readonly results: ResultsOutline;
  /** Where its experiments can be looked at; absent in the history. */
  readonly tune?: TuneRef;
}

export function Result({ results, tune }: Props): JSX.Element {
  const { best_result: best, verdict, ran, spent } = results;
  const isKept = verdict.kind === 'no_gain';
  return (
    <>
      <VerdictPanel results={results} />
      <LoadGains verdict={verdict} objective={ran.objective} />
      <div class="columns">
        <Panel title={isKept ? 'Keep the baseline' : 'Why this one'}>
          <div class="stack tight">
            {best && (
              <span class="row">
                {tune ? (
                  <Link href={tunePage(tune, `/experiments/${best.experiment_id}`)}>
                    Experiment {best.experiment_id}
                  </Link>
                ) : (
                  <span class="strong">Experiment {best.experiment_id}</span>
                )}
                <Chips combination={best.parameters} />
              </span>
            )}
            <ul class="stack tight">
              {whyThis(results).map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </div>
        </Panel>
        <Panel title="What it cost">
          <Facts
            items={[
              ['Spent', describeAmounts(amountsOf(spent), spent.currency ?? '')],
              ['Budget', spent.budget ? describeAmounts(amountsOf(spent.budget), spent.currency ?? '') : null],
              ['Experiments', `${results.total_experiments}, of which ${results.successful_experiments} succeeded`],
              ['Finals', verdict.measurements > 0 ? `${verdict.measurements} measurements` : null],
              ['Took', formatDuration(results.elapsed_time)],
              ['From', formatExactTime(ran.started_at)],
              ['Machine', ran.machine],
              ['Seed', String(ran.seed)],
            ]}
          />
        </Panel>
      </div>
    </>
  );
}

type Amounts = Parameters<typeof describeAmounts>[0];

/** Without what is undefined, which the file's type allows. */
function amountsOf(amounts: { [K in keyof Amounts]?: number | undefined }): Amounts {
  const { experiments, wall_time, accelerator_hours, money } = amounts;
  return {
    ...(experiments === undefined ? {} : { experiments }),
    ...(wall_time === undefined ? {} : { wall_time }),
    ...(accelerator_hours === undefined ? {} : { accelerator_hours }),
    ...(money === undefined ? {} : { money }),
  };
}
