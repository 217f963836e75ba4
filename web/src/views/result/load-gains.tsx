/** The finals, load by load. */
import type { JSX } from 'preact';
import { describeLoad } from '../../../../src/domain/loads/load.js';
import { formatScore, type Objective } from '../../../../src/domain/scoring/objective.js';
import { formatPercent } from '../../lib/format.js';
import { Panel } from '../../ui/blocks.js';
import type { ResultsOutline } from '../../../../src/domain/results/outline.js';

interface Props {
  readonly verdict: ResultsOutline['verdict'];
  readonly objective: ResultsOutline['ran']['objective'];
}

export function LoadGains({ verdict, objective }: Props): JSX.Element | null {
  if (verdict.loads.length === 0) return null;
  const of = objective as Objective;
  const sign = !('weighted' in of) && of.direction === 'maximize' ? -1 : 1;
  const told = (value: number | null): string => (value === null ? '–' : formatScore(sign * value, of));
  return (
    <Panel title="The finals, load by load" flush>
      <div class="table-box" tabIndex={0} role="region" aria-label="Finals by load">
        <table class="table">
          <thead>
            <tr>
              {[
                'Load',
                'Baseline',
                verdict.compared ? `Experiment ${verdict.compared}` : 'Compared',
                'Gain',
                'Interval',
                'Noise',
              ].map((name, i) => (
                <th key={name} scope="col" class={i > 0 ? 'number' : ''}>
                  <span>{name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {verdict.loads.map(({ baseline, compared, gain, noise_percent, ...load }) => (
              <tr key={describeLoad(load)}>
                <td class="nowrap">{describeLoad(load)}</td>
                <td class="number">{told(baseline)}</td>
                <td class="number">{told(compared)}</td>
                <td class="number">{gain ? formatPercent(gain.percent) : '–'}</td>
                <td class="number muted nowrap">{gain ? `${gain.low.toFixed(1)} to ${gain.high.toFixed(1)} %` : ''}</td>
                <td class="number">{noise_percent === null ? '–' : `${noise_percent.toFixed(1)} %`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
