/** What the same configuration differs by from start to start: smaller gains are none. */
import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { noiseQuery } from '../../api/queries.js';
import { formatTime } from '../../lib/format.js';
import { Panel } from '../../ui/blocks.js';

export function Noise(): JSX.Element | null {
  const { data } = useQuery(noiseQuery);
  if (!data || data.hosts.length === 0) return null;
  return (
    <Panel title="Noise of the hosts" flush>
      <div class="table-box" tabIndex={0} role="region" aria-label="Noise of the hosts">
        <table class="table">
          <thead>
            <tr>
              {['Host', 'Hardware', 'One measurement varies by', 'From', 'Last'].map((name) => (
                <th key={name} scope="col">
                  <span>{name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.hosts.map(({ host, hardware, percent, low, high, tunes, lastMeasuredAt, words }) => (
              <tr key={`${host} ${hardware}`} title={words}>
                <td>{host}</td>
                <td class="clip">{hardware ?? '–'}</td>
                <td class="nowrap">
                  <span class="strong">{percent.toFixed(1)} %</span>{' '}
                  <span class="muted small">
                    ({low.toFixed(1)} to {high.toFixed(1)} %)
                  </span>
                </td>
                <td class="nowrap">
                  {tunes} {tunes === 1 ? 'tune' : 'tunes'}
                </td>
                <td class="nowrap">{formatTime(lastMeasuredAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
