import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Deployment, ServingBackend } from '../../backends/types.js';
import { whileItRuns } from './while-it-runs.js';

const deployment = {} as Deployment;
const { signal } = new AbortController();
const backendWith = (untilEnded?: ServingBackend['untilEnded']): ServingBackend => ({ untilEnded }) as ServingBackend;
const work = (stop: AbortSignal): Promise<string> =>
  sleep(100, 'measured', { signal: stop }).catch(() => {
    throw stop.reason;
  });

describe('work on an engine', () => {
  it('is ended when the engine has ended', async () => {
    const backend = backendWith(() => sleep(5));
    await expect(whileItRuns(backend, deployment, signal, work)).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
  });

  it('goes on while it runs, where nobody can tell, and where the backend knows no way to be told', async () => {
    let watched: AbortSignal | null = null;
    const running = backendWith(async (_, stop) => {
      watched = stop;
      await sleep(60_000, undefined, { signal: stop });
    });
    expect(await whileItRuns(running, deployment, signal, work)).toBe('measured');
    expect(watched).toMatchObject({ aborted: true });
    const failing = backendWith(() => Promise.reject(new Error('no daemon')));
    expect(await whileItRuns(failing, deployment, signal, work)).toBe('measured');
    expect(await whileItRuns(backendWith(), deployment, signal, work)).toBe('measured');
  });
});
