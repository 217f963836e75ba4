import { describe, expect, it } from '@jest/globals';
import { FakeModel } from '../../../test/support/fake-model.js';
import { createSearchSpace } from '../../domain/space/search-space.js';
import type { SuggestRequest } from '../types.js';
import { learningStrategy } from './learning-strategy.js';
import type { Answer } from './model.js';

const space = createSearchSpace({
  parameters: {
    flag: { type: 'bool' },
    size: { type: 'choice', values: [8, 1, 64] },
    policy: { type: 'choice', values: ['lpm', 'fcfs'] },
    log: { type: 'int', min: 1, max: 16, scale: 'log' },
  },
  constraints: ['size > 1 or flag'],
});
const huge = createSearchSpace({
  parameters: Object.fromEntries(
    ['a', 'b', 'c'].map((name) => [name, { type: 'int', min: 0, max: 99, scale: 'linear' } as const])
  ),
  constraints: ['a > 50'],
});

const request = (more: Partial<SuggestRequest> = {}): SuggestRequest => ({
  ...{ space, cursor: 0, count: 3, seed: 7, budget: 10, observations: [], pending: [] },
  ...more,
});
const answering = (points: number[][]): FakeModel =>
  Object.assign(new FakeModel(), {
    ask: async (): Promise<Answer> => ({ points, expected_improvement: 0.25, leaders: [] }),
  });

describe('a strategy that learns', () => {
  it('tells the model what was learned and what is under way, without a name or a text', async () => {
    const model = new FakeModel();
    const observations = [
      { index: 5, scores: [2], violation: 0.5 },
      { index: 6, scores: null, violation: 0 },
    ];
    await learningStrategy('tpe', model).suggest(request({ observations, pending: [59] }));
    expect(model.questions).toHaveLength(1);
    expect(model.questions[0]).toMatchObject({
      strategy: 'tpe',
      axes: [
        { kind: 'range', size: 2 },
        { kind: 'numbers', size: 3, values: [8, 1, 64] },
        { kind: 'categories', size: 2 },
        { kind: 'range', size: 5 },
      ],
      observations: [
        { point: [0, 0, 1, 0], scores: [2], violation: 0.5 },
        { point: [0, 0, 1, 1], scores: null, violation: 0 },
      ],
      pending: [[1, 2, 1, 4]],
      count: 3,
      seed: 7,
    });
    // 60 combinations: 10 are not allowed, 2 were tried, 1 is under way.
    expect(model.questions[0]?.candidates).toHaveLength(47);
    expect(JSON.stringify(model.questions)).not.toMatch(/flag|policy|lpm/);
  });

  it('asks no model where the budget covers everything that is allowed', async () => {
    const model = new FakeModel();
    const optimizer = learningStrategy('bayesian', model);
    const first = await optimizer.suggest(request({ budget: 50, count: 100 }));
    expect(first).toMatchObject({ exhausted: true });
    expect(new Set(first.indices).size).toBe(50);
    // Also when the budget grew while some were tried already, or are under way.
    const tried = first.indices.slice(0, 20).map((index) => ({ index, scores: [1], violation: 0 }));
    const pending = first.indices.slice(20, 25);
    const rest = await optimizer.suggest(request({ budget: 50, count: 100, observations: tried, pending }));
    expect(rest.indices).toEqual(first.indices.slice(25));
    expect(model.questions).toEqual([]);
  });

  it('draws by chance when there is more to learn from than a model is made of', async () => {
    const model = new FakeModel();
    const observations = Array.from({ length: 500 }, (_, index) => ({ index, scores: [1], violation: 0 }));
    const { indices } = await learningStrategy('bayesian', model).suggest(request({ space: huge, observations }));
    expect(indices).toHaveLength(3);
    expect(model.questions).toEqual([]);
  });

  it('looks through what a model suggests that knows no constraints', async () => {
    const model = new FakeModel();
    const { combinations } = await learningStrategy('bayesian', model).suggest(request({ space: huge, count: 4 }));
    expect(model.questions.length).toBeGreaterThan(0);
    expect(model.questions.every(({ candidates }) => candidates === null)).toBe(true);
    expect(combinations.length).toBeGreaterThan(0);
    expect(combinations.every((combination) => Number(combination['a']) > 50)).toBe(true);
  });

  it('asks who leads when nothing else is asked for, also where everything was tried', async () => {
    const observations = Array.from({ length: 600 }, (_, i) => ({ index: i % 60, scores: [1], violation: 0 }));
    const model = Object.assign(new FakeModel(), { leaders: [[0, 0, 1, 1]] });
    const optimizer = learningStrategy('bayesian', model);
    for (const more of [{ budget: 10 }, { budget: 60 }, { observations }]) {
      const answer = await optimizer.suggest(request({ ...more, count: 0 }));
      expect(answer).toEqual({ combinations: [], indices: [], cursor: 0, exhausted: false, leaders: [6] });
    }
    expect(model.questions).toMatchObject(Array(3).fill({ count: 0, candidates: [] }));
    expect(await learningStrategy('tpe', new FakeModel()).suggest(request({ count: 0 }))).not.toHaveProperty('leaders');
  });

  it('passes on how much better the next one may be', async () => {
    const suggestions = await learningStrategy('bayesian', answering([[0, 0, 0, 0]])).suggest(request({ count: 1 }));
    expect(suggestions.expectedImprovement).toBe(0.25);
  });

  it.each([
    ['none', []],
    ['more than was asked for', [0, 1, 2, 3].map((i) => [0, 0, 0, i])],
    ['one twice', Array.from({ length: 2 }, () => [0, 0, 0, 0])],
    ['one that is not allowed', [[0, 1, 0, 0]]],
    ['one outside the space', [[2, 0, 0, 0]]],
    ['one of another space', [[0, 0]]],
  ])('takes no answer with %s', async (_, points) => {
    await expect(learningStrategy('bayesian', answering(points)).suggest(request())).rejects.toMatchObject({
      code: 'OPTIMIZER_FAILED',
    });
  });
});
