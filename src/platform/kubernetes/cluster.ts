/** The Kubernetes API as the tuner uses it: one object at a time, with bounded requests and errors that say what the server said. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  type ConfigurationOptions,
  type RequestContext,
  type ResponseContext,
} from '@kubernetes/client-node';
import { of } from '@kubernetes/client-node/dist/gen/rxjsStub.js';
import { TunerError } from '../../domain/failures.js';
import { apiStatusOf, ClusterError, toClusterError } from './cluster-errors.js';
import { HOME_KUBECONFIG } from './has-cluster.js';
import { readManifest, type Manifest } from './manifest.js';

/** A kind of custom objects; `namespaced: false` for those of the whole cluster. */
export interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface ListOf<T> {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly items: readonly T[];
}

/** Who wrote which field, for server-side apply. */
export const FIELD_MANAGER = 'inference-autotuner';

const REQUEST_TIMEOUT_MS = 15_000;
/** A request that the server refuses for being busy, or that never reached it, is repeated so often before anyone hears of it. */
const ATTEMPTS = 4;

export class Cluster {
  readonly core: CoreV1Api;
  private readonly custom: CustomObjectsApi;

  constructor(readonly config: KubeConfig) {
    this.core = config.makeApiClient(CoreV1Api);
    this.custom = config.makeApiClient(CustomObjectsApi);
  }

  /**
   * The cluster that kubectl would talk to; see has-cluster.ts.
   * @throws Error when the file cannot be read or has no current context.
   */
  static fromEnvironment(variables: NodeJS.ProcessEnv = process.env): Cluster {
    const config = new KubeConfig();
    if (variables['KUBECONFIG']) config.loadFromFile(variables['KUBECONFIG']);
    else if (existsSync(HOME_KUBECONFIG)) config.loadFromFile(HOME_KUBECONFIG);
    else config.loadFromCluster();
    if (!config.getCurrentCluster())
      throw new Error('the kubeconfig has no current context: kubectl config use-context');
    return new Cluster(config);
  }

  /** Null when there is no such object. @throws ClusterError, TunerError CLUSTER_FORBIDDEN, CLUSTER_KIND_MISSING. */
  async get(kind: CustomKind, namespace: string, name: string, signal?: AbortSignal): Promise<Manifest | null> {
    const { group, version, plural } = kind;
    try {
      const answer: unknown = await this.request(`read ${kind.kind} ${name}`, signal, (options) =>
        kind.namespaced
          ? this.custom.getNamespacedCustomObject({ group, version, plural, namespace, name }, options)
          : this.custom.getClusterCustomObject({ group, version, plural, name }, options)
      );
      const object = readManifest(answer);
      if (!object) throw new ClusterError(`cannot read ${kind.kind} ${name}: the answer is no object`, null);
      return object;
    } catch (error) {
      // A kind or a namespace that is not there is another matter, and has its own code.
      if (isNotFound(error) && !(error instanceof TunerError)) return null;
      throw error;
    }
  }

  /** Items without a name are left out. @param selector by labels, by fields, or both. */
  async list(
    { group, version, plural }: CustomKind,
    namespace: string,
    selector: { readonly labelSelector?: string; readonly fieldSelector?: string },
    signal?: AbortSignal
  ): Promise<ListOf<Manifest>> {
    const answer = (await this.request(`list ${plural} in ${namespace}`, signal, (options) =>
      this.custom.listNamespacedCustomObject({ group, version, plural, namespace, ...selector }, options)
    )) as Partial<ListOf<unknown>> | null;
    const items = Array.isArray(answer?.items) ? answer.items : [];
    const { metadata } = answer ?? {};
    return {
      ...(metadata ? { metadata } : {}),
      items: items.map((item) => readManifest(item)).filter((item) => item !== null),
    };
  }

  /**
   * Server-side apply with our field manager and strict validation: a field that the schema does not know is an error.
   * @param dryRun asks the server for its verdict and changes nothing.
   */
  async apply(kind: CustomKind, body: Manifest, dryRun: boolean, signal?: AbortSignal): Promise<Manifest> {
    const { group, version, plural } = kind;
    const { name, namespace = '' } = body.metadata;
    const what = `${dryRun ? 'validate' : 'apply'} ${kind.kind} ${name}`;
    const dry = dryRun ? { dryRun: 'All' } : {};
    return (await this.request(
      what,
      signal,
      (options) =>
        this.custom.patchNamespacedCustomObject(
          {
            group,
            version,
            plural,
            namespace,
            name,
            body,
            fieldManager: FIELD_MANAGER,
            fieldValidation: 'Strict',
            ...dry,
          },
          options
        ),
      'application/apply-patch+yaml'
    )) as Manifest;
  }

  /** Deletes exactly this object, never another one that has got its name. Its dependents go first. */
  async delete(kind: CustomKind, { metadata }: Manifest): Promise<void> {
    const { group, version, plural } = kind;
    const { name, namespace = '', uid = '' } = metadata;
    const body = { preconditions: { uid }, propagationPolicy: 'Foreground' };
    await this.unlessGone(`delete ${kind.kind} ${name}`, (options) =>
      this.custom.deleteNamespacedCustomObject({ group, version, plural, namespace, name, body }, options)
    );
  }

  /** Runs a delete for which it is as well when the object is gone, or is another one by now. */
  async unlessGone(what: string, work: (options: ConfigurationOptions) => Promise<unknown>): Promise<void> {
    try {
      await this.request(what, undefined, work);
    } catch (error) {
      // 409: the UID is another one, so ours is gone.
      if (!isNotFound(error) && apiStatusOf(error)?.code !== 409) throw error;
    }
  }

  /**
   * One request to the API, bounded in time and repeated while the server is busy or away for a moment.
   * @param what for people, such as `read InferenceService x`.
   */
  async request<T>(
    what: string,
    signal: AbortSignal | undefined,
    work: (options: ConfigurationOptions) => Promise<T>,
    contentType?: string
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      try {
        return await work(requestOptions(signal, contentType));
      } catch (error) {
        signal?.throwIfAborted();
        const status = apiStatusOf(error);
        const again = status === null || status.code === 429 || status.code === 503 || status.code === 504;
        if (!again || attempt === ATTEMPTS) throw toClusterError(what, error);
        await sleep(status?.retryAfterMs ?? 250 * 2 ** attempt, undefined, signal ? { signal } : {}).catch(() =>
          signal?.throwIfAborted()
        );
      }
    }
  }
}

export function isNotFound(error: unknown): boolean {
  return apiStatusOf(error)?.code === 404;
}

/**
 * JSON is YAML but for two things, and the server reads the body of an apply as YAML: characters that only JSON takes unescaped, and
 * halves of a surrogate pair, which JSON escapes and YAML knows not at all.
 */
function asYaml(json: string): string {
  const wellFormed = JSON.stringify(JSON.parse(json), (_, value: unknown) =>
    typeof value === 'string' ? value.replace(/[\ud800-\udfff]/gu, '\ufffd') : value
  );
  return wellFormed.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  );
}

function requestOptions(signal: AbortSignal | undefined, contentType: string | undefined): ConfigurationOptions {
  const limit = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  return {
    middlewareMergeStrategy: 'append',
    middleware: [
      {
        pre(context: RequestContext) {
          context.setSignal(signal ? AbortSignal.any([signal, limit]) : limit);
          if (contentType) {
            context.setHeaderParam('Content-Type', contentType);
            const body: unknown = context.getBody();
            if (typeof body === 'string') context.setBody(asYaml(body));
          }
          return of(context);
        },
        post: (response: ResponseContext) => of(response),
      },
    ],
  };
}
