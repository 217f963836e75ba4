/** The verdict with its interval, drawn on a line around zero. */
import type { JSX } from 'preact';
import { GainLine } from './gain-line.js';
import { formatPercent } from '../../lib/format.js';
import { Panel } from '../../ui/blocks.js';
import { VerdictBadge } from '../../ui/status.js';
import type { ResultsOutline } from '../../../../src/domain/results/outline.js';

export function VerdictPanel({ results: { verdict, answer } }: { results: ResultsOutline }): JSX.Element {
  const { kind, gain, confidence, rounds, measurements } = verdict;
  const sure = Number((confidence * 100).toFixed(2));
  return (
    <Panel title="Verdict" aside={<VerdictBadge kind={kind} />}>
      <div class="stack">
        <p class="verdict-words">{answer || verdict.words}</p>
        {gain && (
          <>
            <div class="row">
              <span class={`big-gain ${kind === 'gain' ? 'good' : ''}`}>{formatPercent(gain.percent)}</span>
              <span class="muted">
                {sure} % interval {gain.low.toFixed(1)} to {gain.high.toFixed(1)} %, {rounds} rounds, {measurements}{' '}
                measurements
              </span>
            </div>
            <GainLine gain={gain} good={kind === 'gain'} label={`Gain over the baseline with its ${sure} % interval`} />
          </>
        )}
      </div>
    </Panel>
  );
}
