import { describe, expect, it } from '@jest/globals';
import { ServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { isWorkflowOpen } from './is-workflow-open.js';

/** A client for which every run is as `describe` says. */
function clientOf(describe: () => unknown): Client {
  return { workflow: { getHandle: () => ({ describe: async () => describe() }) } } as unknown as Client;
}
const open = (describe: () => unknown): Promise<boolean> => isWorkflowOpen(clientOf(describe), 'tune/x/1', 'r');
const fail = (error: Error) => () => {
  throw error;
};
const grpc = (code: number, details: string): Error =>
  new ServiceError('failed', { cause: Object.assign(new Error(details), { code, details, metadata: {} }) });

describe('whether a run is open', () => {
  it.each([
    ['RUNNING', true],
    ['PAUSED', true],
    ['UNKNOWN', true],
    ['SOMETHING_NEW', true],
    ['COMPLETED', false],
    ['FAILED', false],
    ['CANCELLED', false],
    ['TERMINATED', false],
    ['TIMED_OUT', false],
  ])('%s: %s', async (name, expected) => {
    expect(await open(() => ({ status: { name } }))).toBe(expected);
  });

  it('is no for one that Temporal does not know, or cannot', async () => {
    expect(await open(fail(new WorkflowNotFoundError('none', 'tune/x/1', 'r')))).toBe(false);
    expect(await open(fail(grpc(3, 'Invalid RunId.')))).toBe(false);
  });

  it('is unknown when Temporal cannot be asked', async () => {
    await expect(open(fail(grpc(14, 'unavailable')))).rejects.toThrow('failed');
    await expect(open(fail(grpc(3, 'Namespace not set on request.')))).rejects.toThrow('failed');
    await expect(open(fail(grpc(7, 'RunId: permission denied')))).rejects.toThrow('failed');
  });
});
