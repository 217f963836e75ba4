import { z } from 'zod';
import type { LearningStrategy } from '../../domain/space/strategy.js';

/** One index per axis. */
export type Point = readonly number[];

/** One parameter: how many values it has, and how they lie to each other. */
export type ModelAxis =
  | { readonly kind: 'range' | 'categories'; readonly size: number }
  | { readonly kind: 'numbers'; readonly size: number; readonly values: readonly number[] };

/** How one experiment ended: null scores are a crash. */
export interface Seen {
  readonly point: Point;
  readonly scores: readonly number[] | null;
  readonly violation: number;
}

/** What the Python package is asked; optimizer/src/autotuner_optimizer/protocol.py is the other side. */
export interface Question {
  readonly strategy: LearningStrategy;
  readonly axes: readonly ModelAxis[];
  readonly observations: readonly Seen[];
  /** What earlier tunes have seen, the oldest first; `aligned` says that their scores are on the scale of this tune. */
  readonly known?: readonly { readonly aligned: boolean; readonly observations: readonly Seen[] }[];
  readonly pending: readonly Point[];
  /** What may be suggested; null: any point of the axes, of which the asker sorts out what is forbidden. */
  readonly candidates: readonly Point[] | null;
  readonly count: number;
  readonly seed: number;
}

export const answerSchema = z.object({
  points: z.array(z.array(z.int().nonnegative())),
  expected_improvement: z.number().nullable(),
  leaders: z.array(z.array(z.int().nonnegative())),
});
export type Answer = z.output<typeof answerSchema>;

/** Port: what a model suggests. The same question has the same answer, whoever is asked. */
export interface Model {
  /** @throws TunerError OPTIMIZER_FAILED when it answers with an error or with what is none of the points asked about. */
  ask(question: Question): Promise<Answer>;
}
