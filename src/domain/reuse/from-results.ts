/** A results file read back as the outcomes from which it was made, as far as a later tune needs them. */
import { readOutcome } from '../results/outcome.schema.js';
import type { ExperimentResult, ResultsFile } from '../results/tune-result.js';
import type { ExperimentOutcome } from '../tuning/experiment.js';

/** What is no outcome of this version is left out. */
export function outcomesOf({ baseline, all_results, finalists }: ResultsFile): ExperimentOutcome[] {
  const all = [
    ...(baseline ? [toOutcome(baseline, { role: 'baseline' })] : []),
    ...all_results.map((result) => toOutcome(result, {})),
    ...finalists.flatMap(({ experiment_id: of, rounds }) =>
      rounds.map((result) => toOutcome(result, { role: 'final', of, round: result.round }))
    ),
  ];
  return all.filter((outcome) => outcome !== null);
}

function toOutcome(result: ExperimentResult, role: object): ExperimentOutcome | null {
  const { failure, ended_early: ended } = result;
  return readOutcome({
    experimentId: result.experiment_id,
    ...role,
    combination: result.parameters,
    status: result.status === 'success' ? 'succeeded' : result.status,
    score: result.objective_score,
    ...(result.objective_scores ? { scores: result.objective_scores } : {}),
    ...(result.relative ? { relative: true } : {}),
    ...(result.slo ? { slo: result.slo } : {}),
    ...(result.accelerators === undefined ? {} : { accelerators: result.accelerators }),
    measurements: result.loads,
    failure: failure && { code: failure.code, message: failure.message, evidence: failure.evidence },
    timings: result.timings_s,
    provenance: result.provenance,
    artifactsUri: result.artifacts_uri,
    attempts: 1,
    ...(ended ? { endedEarly: { ...ended, score: null } } : {}),
    ...(result.max_load ? { maxLoad: result.max_load } : {}),
  });
}
