/** A cluster with OME for the contract tests, by whatever it is brought about; what they make in it goes with it. */
import { engineImage } from './contract-engine.js';
import type { OmeSetting } from './ome-setting.js';
import { OwnObjects } from './own-objects.js';
import type { Api } from './rig/api.js';
import { NODE, Rig } from './rig/rig.js';
import type { Patience } from './rig/wait.js';
import { SERVER } from './support.js';

export interface OmeCluster {
  readonly api: Api;
  /** The namespace and the names of this run. */
  readonly own: OwnObjects;
  readonly patience: Patience;
  /** OME's manager; null where it is not ours to stop. */
  readonly manager: Manager | null;
  /** Takes away what was made, or the whole cluster if it is the rig. */
  close(): Promise<void>;
}

export interface Manager {
  stop(): Promise<void>;
  start(): Promise<void>;
}

const RELEASE = '/apis/apps/v1/namespaces/ome/deployments/ome-controller-manager';

/** Brings the rig up, or connects to the cluster that is there. */
export async function omeCluster({ external, patience }: OmeSetting): Promise<OmeCluster> {
  if (!external) return rigCluster(patience);
  const { api, node } = external;
  const own = await OwnObjects.create(api, node, patience);
  const version = `OME's controller: ${(await imageOfOme(api)) ?? 'of unknown version'}`;
  process.stderr.write(`contract tests at ${api.access.server}, node ${node}, ${version}\n`);
  process.stderr.write(`should they be interrupted: ${own.removeByHand}\n`);
  return { api, own, patience, manager: null, close: () => own.remove() };
}

async function rigCluster(patience: Patience): Promise<OmeCluster> {
  const rig = await Rig.up({ images: { [engineImage()]: SERVER } });
  try {
    const own = await OwnObjects.create(rig.api, NODE, patience);
    return { api: rig.api, own, patience, manager: rig.ome, close: () => rig.down() };
  } catch (error) {
    await rig.down();
    throw error;
  }
}

/** Where it was installed by its chart; for whoever reads the results. */
async function imageOfOme(api: Api): Promise<string | undefined> {
  const deployment = await api.find<{ spec?: { template?: { spec?: { containers?: { image?: string }[] } } } }>(
    RELEASE
  );
  return deployment?.spec?.template?.spec?.containers?.[0]?.image;
}
