/** An experiment's parameters beside the baseline's. */
import type { JSX } from 'preact';
import { Panel } from '../../ui/blocks.js';
import type { ExperimentDetail, ExperimentRow } from '../../../../src/contracts/http/index.js';

interface Props {
  readonly difference: ExperimentDetail['difference'];
  readonly row: ExperimentRow;
}

export function Difference({ difference, row }: Props): JSX.Element {
  return (
    <Panel title="Parameters, and what they differ in" flush>
      {difference.length === 0 ? (
        <p class="empty">{row.role === 'baseline' ? 'The engine’s own defaults.' : 'As the baseline.'}</p>
      ) : (
        <div class="table-box">
          <table class="table">
            <thead>
              <tr>
                <th scope="col">
                  <span>Parameter</span>
                </th>
                <th scope="col">
                  <span>Here</span>
                </th>
                <th scope="col">
                  <span>Baseline</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {difference.map(({ parameter, value, baseline }) => (
                <tr key={parameter} class={value === baseline ? '' : 'changed'}>
                  <td class="mono">{parameter}</td>
                  <td class={`mono ${value === baseline ? '' : 'strong'}`}>{String(value)}</td>
                  <td class="mono muted">{baseline === null ? 'the engine’s default' : String(baseline)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
