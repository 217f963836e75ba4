/**
 * Where the contract tests run, and what cannot be checked there: known before anything is made. The rig with the stand-in for
 * OME's controller, or the cluster of OME_TEST_KUBECONFIG.
 */
import type { KubernetesListObject, V1Node, V1ValidatingWebhookConfiguration } from '@kubernetes/client-node';
import { it } from '@jest/globals';
import { accessOf } from './kubeconfig-access.js';
import { Api } from './rig/api.js';
import { KWOK_NODE } from './rig/components.js';
import type { Patience } from './rig/wait.js';

export interface OmeSetting {
  /** A cluster that is there already, and the node on which its pods are to run; null: the rig is brought up. */
  readonly external: { readonly api: Api; readonly node: string } | null;
  /** Why that cannot be checked here; null where it can. */
  readonly without: {
    readonly containers: string | null;
    readonly manager: string | null;
    readonly events: string | null;
  };
  readonly patience: Patience;
  /** The time limit of a test, in which it may wait several times. */
  readonly testTimeoutMs: number;
}

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const [FAKE_NODE] = Object.entries(KWOK_NODE) as [[string, string]];
const EVERYTHING = { containers: null, manager: null, events: null };

/**
 * Reads, and changes nothing.
 * @throws Error when the cluster does not answer, lacks OME's kinds, or has no node that takes pods.
 */
export async function omeSetting(kubeconfig = process.env['OME_TEST_KUBECONFIG']): Promise<OmeSetting> {
  if (!kubeconfig) return { external: null, without: EVERYTHING, patience: {}, testTimeoutMs: 180_000 };
  const api = new Api(await accessOf(kubeconfig));
  if (!(await api.find('/apis/ome.io/v1beta1'))) throw new Error(`${api.access.server} does not know OME's kinds`);
  const { items } = await api.get<KubernetesListObject<V1Node>>('/api/v1/nodes');
  const node = chooseNode(items);
  if (!node) throw new Error(`${api.access.server} has no node that takes pods`);
  const name = node.metadata?.name ?? '';
  const fake = isFake(node);
  return {
    external: { api, node: name },
    without: {
      containers: fake ? `node ${name} is fake: it runs no containers` : null,
      manager: "OME's manager is not ours to stop",
      events: (await hasWebhooks(api)) ? "OME's webhooks refuse it beforehand" : null,
    },
    // A real node has to pull the engine's image first.
    patience: { withinMs: fake ? 60_000 : 300_000, everyMs: 250 },
    testTimeoutMs: fake ? 300_000 : 900_000,
  };
}

/** `it` where the fact can be checked; otherwise the test is skipped, and says why. */
export function itUnless(reason: string | null): (name: string, body: () => Promise<void>) => void {
  return (name, body) => {
    if (reason === null) return it(name, body);
    process.stderr.write(`not checked: ${name} (${reason})\n`);
    it.skip(`${name} (not checked: ${reason})`, body);
  };
}

/** Fake ones first: there nothing has to be pulled, and nothing is used. */
function chooseNode(nodes: readonly V1Node[]): V1Node | undefined {
  const usable = nodes.filter(takesPods);
  return usable.find(isFake) ?? usable[0];
}

function isFake({ metadata }: V1Node): boolean {
  const [annotation, value] = FAKE_NODE;
  return metadata?.annotations?.[annotation] === value;
}

function takesPods({ spec, status }: V1Node): boolean {
  const ready = status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True');
  const keepAway = spec?.taints?.some(({ key, effect }) => key !== FAKE_NODE[0] && effect !== 'PreferNoSchedule');
  return Boolean(ready) && !spec?.unschedulable && !keepAway;
}

/** Where they are on, they refuse some of what would otherwise be told by an event. */
async function hasWebhooks(api: Api): Promise<boolean> {
  const { items } = await api.get<KubernetesListObject<V1ValidatingWebhookConfiguration>>(WEBHOOKS);
  const rules = items.flatMap(({ webhooks = [] }) => webhooks.flatMap((webhook) => webhook.rules ?? []));
  return rules.some(
    ({ apiGroups = [], resources = [] }) => apiGroups.includes('ome.io') && resources.includes('inferenceservices')
  );
}
