import { describe, expect, it } from '@jest/globals';
import { isOurs } from './objects.js';
import { ownObjects, readManifests } from './manifests.js';
import { describePermission, permissionsOf, requiredPermissions } from './permissions.js';

describe('what install makes', () => {
  it('is put into its namespace as a whole', async () => {
    const objects = await ownObjects('team-a');
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata?.name}`)).toEqual([
      'Namespace team-a',
      'PersistentVolumeClaim benchmark-results-pvc',
      'ServiceAccount autotuner-worker',
      'Role autotuner-worker',
      'RoleBinding autotuner-worker',
      'ClusterRole autotuner-worker:team-a',
      'ClusterRoleBinding autotuner-worker:team-a',
    ]);
    // Labels and the names of our own objects may say autotuner; no namespace may.
    expect(JSON.stringify(objects)).not.toMatch(/"namespace":"autotuner"|:autotuner"/);
    expect(objects.at(-1)).toMatchObject({
      roleRef: { name: 'autotuner-worker:team-a' },
      subjects: [{ namespace: 'team-a' }],
    });
  });

  it('carries our label, without which uninstall would leave it', async () => {
    expect((await ownObjects('autotuner')).every(isOurs)).toBe(true);
  });

  it('claims 1 GiB for one node', async () => {
    const [claim] = await readManifests('pvc.yaml', 'autotuner');
    expect(claim).toMatchObject({
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
  });
});

describe("a worker's permissions", () => {
  it('have no wildcard, no secrets, and only reads of the whole cluster', async () => {
    const required = await requiredPermissions('autotuner');
    expect(required.length).toBeGreaterThan(30);
    for (const { group, resource, verb, namespace } of required) {
      expect([group, resource, verb].join(' ')).not.toMatch(/\*|secrets|escalate|bind|impersonate/);
      if (namespace === null) {
        expect(['clusterbasemodels', 'clusterservingruntimes']).toContain(resource);
        expect(['get', 'list']).toContain(verb);
      }
    }
  });

  it('are named as kubectl names them', () => {
    const rules = [{ apiGroups: ['', 'ome.io'], resources: ['pods/exec'], verbs: ['create'] }];
    const named = (kind: string): string[] => permissionsOf([{ kind, rules } as object], 'a').map(describePermission);
    expect(named('Role')).toEqual(['create pods/exec in a', 'create pods/exec.ome.io in a']);
    expect(named('ClusterRole')).toEqual(['create pods/exec', 'create pods/exec.ome.io']);
    expect(named('RoleBinding')).toEqual([]);
  });
});
