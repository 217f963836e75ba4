/** What the task would do and cost, before anything runs. */
import type { ComponentChildren, JSX } from 'preact';
import { describeAmount, describeAmounts } from '../../../../src/domain/budget/words.js';
import { Chips, Code, Facts, Panel } from '../../ui/blocks.js';
import { Problem } from '../../ui/feedback.js';
import { Words } from '../../ui/words.js';
import type { ForecastView, Plan } from '../../../../src/contracts/http/index.js';

interface Props {
  readonly plan: Plan | undefined;
  readonly error: Error | null;
  readonly isValid: boolean;
  /** What else one decides here. */
  readonly children: ComponentChildren;
}

export function PlanPanel({ plan, error, isValid, children }: Props): JSX.Element {
  return (
    <Panel
      title="What it would do"
      aside={<span class="small muted">{isValid || !plan ? '' : 'of the last valid task'}</span>}
    >
      {error && <Problem error={error} what="plan" />}
      {!plan && !error && <p class="muted">As soon as the task is valid, its plan stands here.</p>}
      {plan && <PlanFacts plan={plan} />}
      {children}
    </Panel>
  );
}

function PlanFacts({ plan }: { plan: Plan }): JSX.Element {
  const { forecast, currency, budget, first, warnings } = plan;
  return (
    <div class="stack">
      {warnings.length > 0 && (
        <ul class="stack tight">
          {warnings.map(({ level, parameter, words }) => (
            <li
              key={`${parameter} ${words}`}
              class={`notice ${level === 'danger' ? 'bad' : level === 'caution' ? 'warn' : ''}`}
            >
              <span>
                {parameter && <code>{parameter}: </code>}
                <Words text={words} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <Facts
        items={[
          ['Takes', <Forecast forecast={forecast.lastRun ?? forecast.timeLimits} currency={currency} />],
          ['Budget', describeAmounts(plain(budget), currency) || null],
          ['Combinations', plan.combinations.words],
          ['Experiments', plan.experiments.words],
          ['Finals', plan.finals.words],
          ['Loads', plan.loads.words],
          ['Objective', plan.objective],
          ['Limits', plan.limits.length > 0 ? plan.limits.join('; ') : null],
          ['Learns from', plan.reuse.length > 0 ? plan.reuse.join(' ') : null],
          [first?.isExample ? 'For example' : 'Begins with', first && <Chips combination={first.combination} />],
        ]}
      />
      {first?.command && <Code title="Command" text={first.command} wrap />}
    </div>
  );
}

function Forecast({ forecast, currency }: { forecast: ForecastView | null; currency: string }): JSX.Element {
  if (!forecast) return <span class="muted">nobody knows yet</span>;
  const isMost = forecast.basis === 'time_limits';
  const parts = (['wall_time', 'money', 'accelerator_hours'] as const).flatMap((resource) => {
    const range = forecast.total[resource];
    if (!range) return [];
    return [`${isMost ? 'at most' : 'about'} ${describeAmount(resource, isMost ? range.high : range.mid, currency)}`];
  });
  return (
    <>
      <span class="strong">{parts.join(', ')}</span>
      <br />
      <span class="small muted">
        {isMost ? 'if every experiment uses up its time limits' : 'by what the last run of this task took'}
      </span>
    </>
  );
}

type Amounts = Parameters<typeof describeAmounts>[0];

function plain(amounts: { [K in keyof Amounts]?: number | undefined }): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== undefined));
}
