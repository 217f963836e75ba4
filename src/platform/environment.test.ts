import { describe, expect, it } from '@jest/globals';
import { readWorkerVersion } from './environment.js';

describe('the version of a worker', () => {
  it('is none unless a build is named', () => {
    expect(readWorkerVersion({})).toBeNull();
    expect(readWorkerVersion({ AUTOTUNER_DEPLOYMENT: 'team', AUTOTUNER_BUILD_ID: '' })).toBeNull();
  });

  it('has a deployment and a build', () => {
    expect(readWorkerVersion({ AUTOTUNER_BUILD_ID: '0.2.0' })).toEqual({
      deploymentName: 'autotuner',
      buildId: '0.2.0',
    });
    const team = { AUTOTUNER_DEPLOYMENT: 'team-a', AUTOTUNER_BUILD_ID: 'sha-0a1b' };
    expect(readWorkerVersion(team)).toEqual({ deploymentName: 'team-a', buildId: 'sha-0a1b' });
  });

  it.each([
    ['AUTOTUNER_BUILD_ID', 'a b'],
    ['AUTOTUNER_BUILD_ID', '.hidden'],
    ['AUTOTUNER_DEPLOYMENT', 'team.a'],
    ['AUTOTUNER_DEPLOYMENT', 'x'.repeat(129)],
  ])('is not %s=%s', (name, value) => {
    expect(() => readWorkerVersion({ AUTOTUNER_BUILD_ID: '1', [name]: value })).toThrow(name);
  });
});
