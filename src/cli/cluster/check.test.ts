import { describe, expect, it } from '@jest/globals';
import { ClusterError, toClusterError } from '../../platform/kubernetes/cluster-errors.js';
import { isNewEnough } from './check.js';
import { describeClusterFinding, unlessForbidden } from './findings.js';
import { kubernetesName } from './options.js';

describe('autotuner cluster check', () => {
  it.each([
    ['1', '27', false],
    ['1', '28+', true],
    ['1', '36', true],
    ['2', '0', true],
  ])('takes Kubernetes %s.%s for new enough: %s', (major, minor, expected) => {
    expect(isNewEnough({ major, minor })).toBe(expected);
  });

  it('reports what may not be read as unknown', async () => {
    const refused = { code: 403, body: JSON.stringify({ reason: 'Forbidden', message: 'nodes is forbidden' }) };
    const look = async (): Promise<never> => {
      throw toClusterError('list nodes', refused);
    };
    expect(await unlessForbidden('accelerators', look)).toMatchObject({ state: 'unknown', what: 'accelerators' });
  });

  it('does not hide any other trouble', async () => {
    const away = new ClusterError('away', null);
    await expect(unlessForbidden('accelerators', () => Promise.reject(away))).rejects.toBe(away);
  });

  it('gives advice only where something is to be done', () => {
    const finding = { what: 'KEDA', found: 'not installed', advice: 'install it' };
    expect(describeClusterFinding({ ...finding, state: 'warning' })).toMatch(/warning.*KEDA.*\n +install it$/);
    expect(describeClusterFinding({ ...finding, state: 'ok' })).not.toContain('install it');
  });

  it('refuses what cannot be a namespace', () => {
    expect(kubernetesName('team-a')).toBe('team-a');
    for (const bad of ['', 'Team', 'a/b', '-a', 'a'.repeat(64), '../x']) expect(() => kubernetesName(bad)).toThrow();
  });
});
