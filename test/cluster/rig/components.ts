/** The command lines of the control plane. All files are named relative to the run's folder. */

export interface Ports {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly api: number;
  readonly controllerManager: number;
  readonly scheduler: number;
  readonly kwok: number;
}

/** The annotation of the nodes that kwok keeps alive. */
export const KWOK_NODE = { 'kwok.x-k8s.io/node': 'fake' };

export const LOOPBACK = '127.0.0.1';
export const SERVICE_NETWORK = '10.0.0.0/16';

const KUBECONFIG = 'admin.kubeconfig';
const local = (port: number): string => `http://127.0.0.1:${port}`;

export function etcd({ etcd: client, etcdPeer: peer }: Ports): string[] {
  return [
    'etcd',
    '--data-dir=etcd',
    `--listen-client-urls=${local(client)}`,
    `--advertise-client-urls=${local(client)}`,
    `--listen-peer-urls=${local(peer)}`,
    `--initial-advertise-peer-urls=${local(peer)}`,
    `--initial-cluster=default=${local(peer)}`,
    // Processes are killed here, machines are not: the page cache is durable enough, and much faster.
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

/** @param address where it listens; one that is not loopback is also that of the service `kubernetes`, by which pods find it. */
export function apiServer({ etcd: store, api }: Ports, address: string): string[] {
  return [
    'kube-apiserver',
    `--etcd-servers=${local(store)}`,
    '--cert-dir=pki',
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${api}`,
    // A loopback address as that of the service would be refused.
    `--endpoint-reconciler-type=${address === LOOPBACK ? 'none' : 'master-count'}`,
    `--service-cluster-ip-range=${SERVICE_NETWORK}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-account-key-file=service-accounts.key',
    '--service-account-signing-key-file=service-accounts.key',
    '--authorization-mode=Node,RBAC',
    '--token-auth-file=tokens.csv',
    '--allow-privileged=true',
    '--kubelet-preferred-address-types=InternalIP,Hostname',
  ];
}

export function controllerManager({ controllerManager: port }: Ports): string[] {
  return [
    'kube-controller-manager',
    ...clientFlags(port, 'pki-controller-manager'),
    '--service-account-private-key-file=service-accounts.key',
    '--root-ca-file=pki/apiserver.crt',
  ];
}

export function scheduler({ scheduler: port }: Ports): string[] {
  return ['kube-scheduler', ...clientFlags(port, 'pki-scheduler')];
}

export function kwok({ kwok: port }: Ports): string[] {
  const [annotation] = Object.entries(KWOK_NODE).map((pair) => pair.join('='));
  return [
    'kwok',
    `--kubeconfig=${KUBECONFIG}`,
    '--manage-all-nodes=false',
    `--manage-nodes-with-annotation-selector=${annotation}`,
    '--node-ip=127.0.0.1',
    '--node-name=localhost',
    `--node-port=${port}`,
    `--server-address=127.0.0.1:${port}`,
    // The API server does not check who a kubelet is; any certificate will do.
    '--tls-cert-file=pki/apiserver.crt',
    '--tls-private-key-file=pki/apiserver.key',
    '--node-lease-duration-seconds=40',
    '--enable-crds=Stage,PortForward,Logs,Exec',
  ];
}

function clientFlags(port: number, certDir: string): string[] {
  const kubeconfigs = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'];
  return [
    ...kubeconfigs.map((flag) => `--${flag}=${KUBECONFIG}`),
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${certDir}`,
    '--leader-elect=false',
  ];
}
