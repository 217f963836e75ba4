/** Provisions every PersistentVolumeClaim with a folder of this machine. The real controller binds it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { V1PersistentVolume, V1PersistentVolumeClaim, V1PersistentVolumeSpec } from '@kubernetes/client-node';
import type { Api } from './api.js';
import { Mirror } from './mirror.js';

const VOLUMES = '/api/v1/persistentvolumes';

export class Volumes {
  private readonly claims: Mirror<V1PersistentVolumeClaim>;

  /** @param node a real one, of which the folders then are: its kubelet gives them to the groups of pods. */
  constructor(
    private readonly api: Api,
    private readonly dir: string,
    private readonly node?: string
  ) {
    this.claims = new Mirror<V1PersistentVolumeClaim>(api, '/api/v1/persistentvolumeclaims', (_, claim) => {
      // One that fails, since the API server is away, is met again when the mirror has caught up.
      if (claim && !claim.spec?.volumeName) this.provision(claim).catch(() => undefined);
    });
  }

  start(): Promise<void> {
    return this.claims.start();
  }

  stop(): void {
    this.claims.stop();
  }

  /** The folder behind a claim. It stays when the claim goes. */
  folder(namespace: string, claim: string): string {
    const folder = join(this.dir, namespace, claim);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  private async provision({ metadata, spec }: V1PersistentVolumeClaim): Promise<void> {
    const { name = '', namespace = '', uid = '' } = metadata ?? {};
    const volume: V1PersistentVolume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `pvc-${uid}` },
      spec: {
        capacity: spec?.resources?.requests ?? { storage: '1Gi' },
        accessModes: spec?.accessModes ?? ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: spec?.storageClassName ?? '',
        ...this.source(this.folder(namespace, name)),
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid },
      },
    };
    await this.api.apply(`${VOLUMES}/${volume.metadata?.name}`, volume);
  }

  private source(path: string): Partial<V1PersistentVolumeSpec> {
    if (this.node === undefined) return { hostPath: { path } };
    const onNode = { key: 'kubernetes.io/hostname', operator: 'In', values: [this.node] };
    return { local: { path }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [onNode] }] } } };
  }
}
