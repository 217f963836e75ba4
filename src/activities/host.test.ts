/** A way to the engine that breaks is not the engine's fault. */
import { describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Disturbance, ServingBackend } from '../backends/types.js';
import type { ExperimentTarget } from '../contracts/activities.js';
import { TunerError } from '../domain/failures.js';
import type { Dependencies } from './dependencies.js';
import { createHostActivities } from './host.js';

const BROKEN: Disturbance = { atMs: 1, reason: 'reset' };
const SILENT = new TunerError('ENGINE_UNRESPONSIVE', 'a warm-up request was not answered');

/** Runs a warm-up that fails. @param broke before it and during it. */
function warmUp(broke: readonly [number, number], found: TunerError | null = null): Promise<unknown> {
  const disturbances = Array<Disturbance>(broke[0]).fill(BROKEN);
  const backend: Partial<ServingBackend> = {
    endpoint: async () => ({ baseUrl: 'http://127.0.0.1:1', modelName: 'm', apiKeyFile: null }),
    diagnose: async () => found,
    disturbances: async () => [...disturbances],
  };
  const dependencies: Partial<Dependencies> = {
    backends: { ome: backend as ServingBackend },
    redactor: { clean: (value) => value, cleanError: (error) => error },
    warmUp: async () => {
      disturbances.push(...Array<Disturbance>(broke[1]).fill(BROKEN));
      throw SILENT;
    },
  };
  const target = { name: 'x', task: { backend: 'ome' } } as unknown as ExperimentTarget;
  return new MockActivityEnvironment().run(() => createHostActivities(dependencies as Dependencies).warmUp(target));
}

describe('a warm-up that fails', () => {
  it('is tried again when the way to the engine broke meanwhile', async () => {
    const failure = await warmUp([0, 1]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: 'the way to the engine broke: reset' });
    expect(failure).not.toHaveProperty('nonRetryable', true);
  });

  it.each<[string, [number, number], TunerError | null, string]>([
    ['nothing broke', [0, 0], null, 'ENGINE_UNRESPONSIVE'],
    ['something broke before it', [1, 0], null, 'ENGINE_UNRESPONSIVE'],
    ['the engine is gone', [0, 1], new TunerError('ENGINE_CRASHED', 'gone'), 'ENGINE_CRASHED'],
  ])('fails the experiment when %s', async (_, broke, found, type) => {
    await expect(warmUp(broke, found)).rejects.toMatchObject({ type, nonRetryable: true });
  });
});
