import type { JSX } from 'preact';
import { formatDuration } from '../../lib/format.js';
import { partsOf, PHASES } from '../../lib/phases.js';
import type { ExperimentRow } from '../../../../src/contracts/http/index.js';

type Timings = NonNullable<ExperimentRow['timings']>;

interface Props {
  readonly timings: Timings;
  /** Seconds that are the whole width; default: its own. */
  readonly scale?: number;
}

/** How long each phase took, as a bar. */
export function PhaseBar({ timings, scale }: Props): JSX.Element {
  const parts = partsOf(timings);
  const whole = scale ?? parts.reduce((sum, { seconds }) => sum + seconds, 0);
  const words = parts.map((part) => `${part.words} ${formatDuration(part.seconds)}`).join(', ');
  return (
    <span class="phase-bar" role="img" aria-label={words} title={words}>
      {parts.map(({ phase, seconds }) => (
        <i key={phase} class={`p-${phase}`} style={{ width: `${(100 * seconds) / (whole || 1)}%` }} />
      ))}
    </span>
  );
}

export function PhaseLegend(): JSX.Element {
  return (
    <div class="legend" aria-hidden="true">
      {PHASES.map(([phase, , words]) => (
        <span key={phase}>
          <i class={`p-${phase}`} />
          {words}
        </span>
      ))}
    </div>
  );
}
