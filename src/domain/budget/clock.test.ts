import { describe, expect, it } from '@jest/globals';
import { outcomeOf } from '../../../test/support/outcomes.js';
import { reduce, type TuningEvent } from '../tuning/tuning-reducer.js';
import { initialState } from '../tuning/tuning-state.js';
import { elapsedSeconds } from './clock.js';

/** After these events, seconds used until the 100th. */
function usedAfter(...events: TuningEvent[]): number {
  return elapsedSeconds(events.reduce(reduce, initialState(5)), 0, 100_000);
}
const at = (seconds: number): { atMs: number } => ({ atMs: seconds * 1000 });
const SUGGESTED: TuningEvent = { type: 'suggested', combinations: [{ x: 1 }], cursor: 1, exhausted: false };
const STARTED: TuningEvent = { type: 'started', experimentId: 1 };

describe('the time that a tune uses', () => {
  it('is not that of a pause', () => {
    expect(usedAfter()).toBe(100);
    expect(usedAfter({ type: 'paused', ...at(20) }, { type: 'resumed', ...at(50) })).toBe(70);
    expect(usedAfter({ type: 'paused', ...at(20) })).toBe(20);
    expect(usedAfter({ type: 'paused', ...at(20) }, { type: 'stopped', ...at(90) })).toBe(30);
  });

  it('goes on in a pause until what runs has ended', () => {
    const paused: TuningEvent[] = [SUGGESTED, STARTED, { type: 'paused', ...at(20) }];
    expect(usedAfter(...paused)).toBe(100);
    const finished: TuningEvent = { type: 'finished', outcome: outcomeOf(1, 1), ...at(40) };
    expect(usedAfter(...paused, finished)).toBe(40);
    expect(usedAfter(...paused, finished, { type: 'resumed', ...at(60) })).toBe(80);
    expect(usedAfter(...paused, { type: 'resumed', ...at(30) }, finished)).toBe(100);
  });

  it('is unchanged by a second pause or resumption, and by pauses that nobody timed', () => {
    const twice: TuningEvent[] = [
      { type: 'paused', ...at(20) },
      { type: 'paused', ...at(30) },
      { type: 'resumed', ...at(50) },
      { type: 'resumed', ...at(60) },
    ];
    expect(usedAfter(...twice)).toBe(70);
    expect(usedAfter({ type: 'paused' }, { type: 'resumed' })).toBe(100);
  });
});
