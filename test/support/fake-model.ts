import type { Answer, Model, Question } from '../../src/optimizers/model-based/model.js';

/** Suggests the first candidates, or the first points of the space; what it was asked is kept. It knows the leaders that it is given. */
export class FakeModel implements Model {
  readonly questions: Question[] = [];
  leaders: number[][] = [];

  async ask(question: Question): Promise<Answer> {
    this.questions.push(question);
    const { candidates, axes, count, seed } = question;
    const points = candidates ?? Array.from({ length: count }, (_, i) => axes.map(({ size }) => (seed + i) % size));
    const { leaders } = this;
    return { points: points.slice(0, count).map((point) => [...point]), expected_improvement: null, leaders };
  }
}
