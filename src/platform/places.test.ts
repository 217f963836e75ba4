import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Places } from './places.js';

const OWNER = { workflowId: 'tune/x/1', runId: 'r' };
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'places-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the places of a host', () => {
  it('reserves no more than there are, and wakes the next in line when one is released', async () => {
    const places = await Places.open(dir, 1);
    const { signal } = new AbortController();
    await places.reserve(signal);
    await places.claim('first', OWNER);
    places.unreserve();
    expect(places.tryReserve()).toBe(false);
    let woken = false;
    const waiting = places.reserve(signal).then(() => (woken = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(woken).toBe(false);
    await places.release('first');
    await waiting;
    expect(places.free).toBe(0);
  });

  it('keeps a claimed place over a restart', async () => {
    await (await Places.open(dir, 2)).claim('running', OWNER);
    const reopened = await Places.open(dir, 2);
    expect(await reopened.claims()).toEqual([
      { name: 'running', holder: { ...OWNER, claimedAtMs: expect.any(Number), place: 0 }, sinceMs: expect.any(Number) },
    ]);
    expect(reopened.free).toBe(1);
    await writeFile(join(dir, 'running.1606584828'), '{"work');
    await reopened.release('running');
    expect(await readdir(dir)).toEqual([]);
    await reopened.release('running');
    expect(reopened.free).toBe(2);
  });

  it('gives each its own number, which it keeps, and takes up claims of a version that had none', async () => {
    await writeFile(join(dir, 'old'), JSON.stringify({ ...OWNER, claimedAtMs: 1 }));
    const places = await Places.open(dir, 3);
    await places.claim('second', OWNER);
    await places.claim('third', OWNER);
    await places.release('old');
    await places.claim('fourth', OWNER);
    await places.claim('second', OWNER);
    const numbers = (of: Places): unknown[] => ['second', 'third', 'fourth', 'old'].map((name) => of.placeOf(name));
    expect(numbers(places)).toEqual([1, 2, 0, undefined]);
    expect(numbers(await Places.open(dir, 3))).toEqual([1, 2, 0, undefined]);
  });

  it('offers no place that cannot be used, until it can', async () => {
    const unusable = new Set([0]);
    const places = await Places.open(dir, 2, (place) => !unusable.has(place));
    expect(places.free).toBe(1);
    await places.claim('first', OWNER);
    expect(places.placeOf('first')).toBe(1);
    expect(places.tryReserve()).toBe(false);
    const waiting = places.reserve(new AbortController().signal);
    unusable.clear();
    places.changed();
    await waiting;
  });

  it('stops waiting when it is told to', async () => {
    const places = await Places.open(dir, 0);
    const controller = new AbortController();
    const waiting = places.reserve(controller.signal);
    controller.abort(new Error('the worker stops'));
    await expect(waiting).rejects.toThrow('the worker stops');
  });
});
