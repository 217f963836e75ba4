import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TuneEvent } from '../../contracts/http/events.js';
import type { ExperimentRow } from '../../contracts/http/experiments.js';
import type { TuneView } from '../../contracts/http/tunes.js';
import { TuneWatch, type Look, type TuneEye } from './tune-watch.js';

class FakeEye implements TuneEye {
  wake = (): void => undefined;
  looks = 0;
  closed = false;
  fails = false;
  constructor(public now: Look) {}
  async look(): Promise<Look> {
    this.looks++;
    if (this.fails) throw new Error('away');
    return this.now;
  }
  async attend(_: Look, wake: () => void): Promise<void> {
    this.wake = wake;
  }
  close(): void {
    this.closed = true;
  }
}

const look = (finished: number, runId = 'run', more: Partial<TuneView> = {}): Look => ({
  view: { info: { runId, closedAt: null }, finished, phase: 'tuning', spending: null, ...more } as TuneView,
  rows: new Map(),
});

const types = (events: readonly TuneEvent[]): string[] => events.map(({ type }) => type);

describe('TuneWatch', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void jest.useRealTimers());

  async function step(eye: FakeEye, next: Look): Promise<void> {
    eye.now = next;
    eye.wake();
    await jest.advanceTimersByTimeAsync(200);
  }

  it('tells a newcomer all, and everybody what changes; one look serves them all', async () => {
    const eye = new FakeEye(look(0));
    const watch = new TuneWatch(eye, () => undefined);
    const [one, two]: [TuneEvent[], TuneEvent[]] = [[], []];
    await watch.listen({ send: (event) => one.push(event) }, null);
    await watch.listen({ send: (event) => two.push(event) }, null);
    expect(eye.looks).toBe(1);
    await step(eye, look(1));
    expect(eye.looks).toBe(2);
    expect(types(one)).toEqual(['snapshot', 'changed']);
    expect(two).toEqual(one);
    expect(one[1]).toMatchObject({ fields: { finished: 1 } });
    watch.close();
  });

  it('tells an experiment when its row is another one', async () => {
    const eye = new FakeEye(look(0));
    const watch = new TuneWatch(eye, () => undefined);
    const events: TuneEvent[] = [];
    await watch.listen({ send: (event) => events.push(event) }, null);
    const row = { experimentId: 3 } as ExperimentRow;
    await step(eye, { ...look(1), rows: new Map([[3, row]]) });
    await step(eye, { ...look(1), rows: new Map([[3, row]]) });
    expect(types(events)).toEqual(['snapshot', 'experiment', 'changed']);
    watch.close();
  });

  it('gives one who comes back exactly what it has missed', async () => {
    const eye = new FakeEye(look(0));
    const watch = new TuneWatch(eye, () => undefined);
    const all: TuneEvent[] = [];
    await watch.listen({ send: (event) => all.push(event) }, null);
    const before: TuneEvent[] = [];
    const leave = await watch.listen({ send: (event) => before.push(event) }, null);
    await step(eye, look(1));
    leave();
    for (let n = 2; n < 6; n++) await step(eye, look(n));
    const after: TuneEvent[] = [];
    await watch.listen({ send: (event) => after.push(event) }, before.at(-1)?.id ?? '');
    expect([...before, ...after]).toEqual(all);
    watch.close();
  });

  it('begins anew with a new run, and for an id that it does not know', async () => {
    const eye = new FakeEye(look(5));
    const watch = new TuneWatch(eye, () => undefined);
    const events: TuneEvent[] = [];
    await watch.listen({ send: (event) => events.push(event) }, 'run:17');
    await step(eye, look(0, 'next'));
    expect(types(events)).toEqual(['snapshot', 'snapshot']);
    expect(events[1]?.id).toMatch(/^next:/);
    watch.close();
  });

  it('does not chatter of the time that passes', async () => {
    const eye = new FakeEye(look(0));
    const watch = new TuneWatch(eye, () => undefined);
    const events: TuneEvent[] = [];
    await watch.listen({ send: (event) => events.push(event) }, null);
    for (let second = 1; second <= 20; second++) {
      const spending = { spent: { wall_time: second }, limits: {}, currency: '', forecast: null };
      await step(eye, look(0, 'run', { spending }));
      await jest.advanceTimersByTimeAsync(800);
    }
    expect(events.length).toBeGreaterThanOrEqual(4);
    expect(events.length).toBeLessThanOrEqual(6);
    watch.close();
  });

  it('stays when a look fails, and goes when nobody has listened for a while', async () => {
    const eye = new FakeEye(look(0));
    const onIdle = jest.fn();
    const watch = new TuneWatch(eye, onIdle, 10_000);
    const events: TuneEvent[] = [];
    const leave = await watch.listen({ send: (event) => events.push(event) }, null);
    eye.fails = true;
    await step(eye, look(1));
    eye.fails = false;
    await jest.advanceTimersByTimeAsync(3000);
    expect(types(events)).toEqual(['snapshot', 'changed']);
    leave();
    expect(onIdle).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(11_000);
    expect(onIdle).toHaveBeenCalled();
    expect(eye.closed).toBe(true);
  });

  it('passes on that there is no such tune', async () => {
    const eye = new FakeEye(look(0));
    eye.fails = true;
    const onIdle = jest.fn();
    await expect(new TuneWatch(eye, onIdle).listen({ send: () => undefined }, null)).rejects.toThrow('away');
    expect(onIdle).toHaveBeenCalled();
  });
});
