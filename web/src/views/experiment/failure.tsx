/** Why an experiment failed, what shows it, and what to do next. */
import type { JSX } from 'preact';
import { describeLoad } from '../../../../src/domain/loads/load.js';
import { useQuery } from '@tanstack/preact-query';
import { describeQuantity, formatQuantity, type Quantity } from '../../../../src/domain/loads/metric.js';
import { aboutQuery } from '../../api/queries.js';
import { CopyButton } from '../../ui/button.js';
import { Code } from '../../ui/blocks.js';
import type { ExperimentDetail } from '../../../../src/contracts/http/index.js';

export function FailurePanel({ detail: { row, result } }: { detail: ExperimentDetail }): JSX.Element | null {
  const { data: about } = useQuery(aboutQuery);
  const failure = result?.failure;
  const told = row.failure;
  const misses = result?.slo?.misses ?? [];
  return (
    <>
      {told && (
        <section class="notice bad" aria-label="Failure">
          <span class="strong">
            <code>{told.code}</code> {told.message}
          </span>
          {about?.failures[told.code] && <span>{about.failures[told.code]?.meaning}</span>}
          {(failure?.evidence.length ?? 0) > 0 && (
            <Code title="Evidence" text={failure?.evidence.join('\n') ?? ''} wrap />
          )}
          <span>
            <span class="strong">Next: </span>
            {failure?.next_step ?? about?.failures[told.code]?.nextStep}
          </span>
        </section>
      )}
      {row.endedEarly && (
        <section class="notice warn" aria-label="Ended early">
          <span>It did not measure all its loads: {row.endedEarly}</span>
        </section>
      )}
      {misses.length > 0 && (
        <section class="notice warn" aria-label="Limits that it misses">
          {misses.map((miss) => (
            <span key={`${miss.metric} ${miss.statistic} ${describeLoad(miss)}`}>
              <span class="strong">Misses a limit: </span>
              {describeQuantity(miss as Quantity)} is {formatQuantity(miss.value, miss as Quantity)} under{' '}
              {describeLoad(miss)}; {limitWords(miss)} is allowed.
            </span>
          ))}
        </section>
      )}
      {(result?.leaks ?? []).map(({ kind, name, reason, command }) => (
        <section key={`${kind} ${name}`} class="notice bad" aria-label="Left behind">
          <span class="strong">
            Its tear-down could not remove the {kind} {name}: {reason}
          </span>
          <span class="row">
            <code>{command}</code>
            <CopyButton text={command} what="command" />
          </span>
        </section>
      ))}
    </>
  );
}

type Miss = NonNullable<NonNullable<ExperimentDetail['result']>['slo']>['misses'][number];

function limitWords(miss: Miss): string {
  const { max, min = 0 } = miss;
  const quantity = miss as Quantity;
  return max === undefined ? `at least ${formatQuantity(min, quantity)}` : `at most ${formatQuantity(max, quantity)}`;
}
