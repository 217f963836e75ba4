/** A gain and its interval beside zero: whether the line crosses zero is what matters. */
import type { JSX } from 'preact';

interface Gain {
  readonly percent: number;
  readonly low: number;
  readonly high: number;
}

const WIDTH = 600;
const HEIGHT = 44;

export function GainLine({ gain, good, label }: { gain: Gain; good: boolean; label: string }): JSX.Element {
  const from = Math.min(0, gain.low);
  const to = Math.max(0, gain.high);
  const margin = (to - from || 1) * 0.08;
  const x = (value: number): number => ((value - from + margin) / (to - from + 2 * margin)) * WIDTH;
  const words = `${label}: ${gain.percent.toFixed(1)} %, from ${gain.low.toFixed(1)} to ${gain.high.toFixed(1)} %`;
  return (
    <svg class={`gain-line ${good ? 'is-good' : ''}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words}>
      <line class="axis" x1={0} x2={WIDTH} y1={16} y2={16} />
      <line class="zero" x1={x(0)} x2={x(0)} y1={4} y2={28} />
      <line class="interval" x1={x(gain.low)} x2={x(gain.high)} y1={16} y2={16} />
      <circle class="point" cx={x(gain.percent)} cy={16} r={5.5} />
      <text x={x(0)} y={41} text-anchor="middle">
        baseline
      </text>
    </svg>
  );
}
