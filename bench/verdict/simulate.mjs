/** A tune without engines: the same rules choose the finalists, plan their rounds and give the verdict. */
import { NO_FINALS, noteOutcome } from '../../dist/domain/verdict/finals-state.js';
import { planFinals } from '../../dist/domain/verdict/plan-finals.js';

const TRUE_SECONDS = 0.5;

/**
 * @param gains the true gain of each candidate over the baseline, as a logarithm
 * @param noise asked once per measurement, with the experiment whose configuration it is
 */
export function simulateTune(settings, gains, noise) {
  const measure = (of, gain) => TRUE_SECONDS * Math.exp(noise(of) - gain);
  const outcome = (experimentId, gain, more = {}) => ({
    ...{
      experimentId,
      combination: { x: experimentId },
      status: 'succeeded',
      score: measure(more.of ?? experimentId, gain),
      failure: null,
    },
    ...more,
  });
  const gainOf = (experimentId) => (experimentId === 0 ? 0 : gains[experimentId - 1]);
  let state = noteOutcome(NO_FINALS, outcome(0, 0, { role: 'baseline' }));
  gains.forEach((gain, i) => (state = noteOutcome(state, outcome(i + 1, gain))));
  for (let id = gains.length + 1; ;) {
    const { experiments, verdict } = planFinals(settings, state);
    if (verdict) {
      const truth = verdict.compared === null ? null : 100 * -Math.expm1(-gainOf(verdict.compared));
      return { verdict, truth };
    }
    for (const { of, round } of experiments)
      state = noteOutcome(state, outcome(id++, gainOf(of), { role: 'final', of, round }));
  }
}
