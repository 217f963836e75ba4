import { mkdtemp, rm } from 'node:fs/promises';
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
      { name: 'running', holder: { ...OWNER, claimedAtMs: expect.any(Number) } },
    ]);
    expect(reopened.free).toBe(1);
    await reopened.release('running');
    await reopened.release('running');
    expect(reopened.free).toBe(2);
  });

  it('stops waiting when it is told to', async () => {
    const places = await Places.open(dir, 0);
    const controller = new AbortController();
    const waiting = places.reserve(controller.signal);
    controller.abort(new Error('the worker stops'));
    await expect(waiting).rejects.toThrow('the worker stops');
  });
});
