import { describe, expect, it } from '@jest/globals';
import { heaviness, inputTokens } from './heaviness.js';

describe('how heavy a load is', () => {
  it.each([
    ['D(100,50)', 100, 150],
    ['N(480,240)/(300,150)', 480, 780],
    ['U(50,100)/(200,250)', 75, 300],
    ['U(100,200)', 50, 150],
    ['E(1024)', 1024, 1024],
    ['dataset', 0, 1],
  ])('follows from the tokens of %s', (scenario, input, all) => {
    expect(inputTokens(scenario)).toBe(input);
    expect(heaviness({ scenario, concurrency: 1 })).toBe(all);
    expect(heaviness({ scenario, concurrency: 3 })).toBe(3 * all);
  });
});
