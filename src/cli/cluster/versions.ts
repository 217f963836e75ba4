/** What `autotuner cluster install --install-ome` installs: the one place where these versions stand. */

export interface Chart {
  readonly release: string;
  /** The namespace, made if missing. */
  readonly namespace: string;
  readonly chart: string;
  /** The repository the chart comes from; null where the chart names it itself. */
  readonly repository: string | null;
  readonly version: string;
  readonly settings: readonly string[];
  /** The API group that tells whether somebody else has installed it already; null where nothing does. */
  readonly provides: string | null;
  /** Whether another controller writes into its objects, over which Helm 4 with its server-side apply would fall. */
  readonly writtenByOthers: boolean;
}

/** The oldest Kubernetes that OME runs on. */
export const OLDEST_KUBERNETES = { major: 1, minor: 28 } as const;

/**
 * OME as its definitions are that the tests use. Newer ones exist; raise it together with them (docs/kubernetes.md).
 * In this order: OME's controller needs the certificates, and looks for KEDA's kinds only when it starts.
 */
export const CHARTS: readonly Chart[] = [
  {
    release: 'cert-manager',
    namespace: 'cert-manager',
    chart: 'cert-manager',
    repository: 'https://charts.jetstack.io',
    version: 'v1.21.2',
    settings: ['crds.enabled=true'],
    provides: 'cert-manager.io',
    writtenByOthers: false,
  },
  {
    release: 'keda',
    namespace: 'keda',
    chart: 'keda',
    repository: 'https://kedacore.github.io/charts',
    version: '2.20.2',
    settings: [],
    provides: 'keda.sh',
    writtenByOthers: false,
  },
  {
    release: 'ome-crd',
    namespace: 'ome',
    chart: 'oci://ghcr.io/moirai-internal/charts/ome-crd',
    repository: null,
    version: '0.1.5',
    settings: [],
    provides: 'ome.io',
    writtenByOthers: false,
  },
  {
    release: 'ome',
    namespace: 'ome',
    chart: 'oci://ghcr.io/moirai-internal/charts/ome-resources',
    repository: null,
    version: '0.1.5',
    settings: [],
    provides: null,
    // cert-manager, into the webhooks.
    writtenByOthers: true,
  },
];
