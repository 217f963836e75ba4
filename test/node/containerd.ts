/** containerd, which runs the pods' containers with runc: images, snapshots, networks. */
import type { ChildProcess } from 'node:child_process';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NETWORK_PLUGINS_FOLDER } from '../../scripts/lib/node-rig.mjs';
import type { Children } from '../cluster/rig/children.js';
import { SERVICE_NETWORK } from '../cluster/rig/components.js';
import { until } from '../cluster/rig/wait.js';

const run = promisify(execFile);
export const BRIDGE = 'node0';
/** Of the node, seen from pods, and theirs. */
export const NODE_ADDRESS = '10.244.0.1';
const POD_NETWORK = '10.244.0.0/24';

export const socketOf = (dir: string): string => join(dir, 'containerd.sock');

/** What other parts of the node, and of the control plane, listen on. */
export async function createBridge(): Promise<void> {
  await run('ip', ['link', 'add', BRIDGE, 'type', 'bridge']);
  await run('ip', ['address', 'add', `${NODE_ADDRESS}/24`, 'dev', BRIDGE]);
  await run('ip', ['link', 'set', BRIDGE, 'up']);
  // Rules give services' addresses to pods; before they do there must be a way from here.
  await run('ip', ['route', 'add', SERVICE_NETWORK, 'dev', BRIDGE]);
}

/** Resolves when it answers. @param dir for its data, sockets and logs. */
export async function startContainerd(dir: string, children: Children): Promise<ChildProcess> {
  const networks = join(dir, 'networks');
  await mkdir(networks, { recursive: true });
  await writeFile(join(networks, '10-pods.conflist'), JSON.stringify(podNetwork(dir)));
  const file = join(dir, 'containerd.toml');
  await writeFile(file, configuration(dir, networks));
  const env = { PATH: process.env['PATH'] };
  const child = await children.start(['containerd', '--config', file], { env, cwd: dir, logFile: `${file}.log` });
  await until('containerd to answer', async () => {
    await run('ctr', ['--address', socketOf(dir), 'version']);
    return true;
  });
  return child;
}

/** @param archive as `docker save` writes it. */
export async function importImages(dir: string, archive: string): Promise<void> {
  await run('ctr', ['--address', socketOf(dir), '--namespace', 'k8s.io', 'images', 'import', archive]);
}

function configuration(dir: string, networks: string): string {
  const at = (name: string): string => JSON.stringify(join(dir, name));
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = ${at('containerd')}
state = ${at('state')}
[grpc]
  address = ${JSON.stringify(socketOf(dir))}
[plugins."io.containerd.internal.v1.opt"]
  path = ${at('opt')}
[${cri}]
  sandbox_image = "localhost/pause:1"
  # Neither may be more than this process has.
  restrict_oom_score_adj = true
  disable_apparmor = true
  [${cri}.cni]
    bin_dir = "${NETWORK_PLUGINS_FOLDER}"
    conf_dir = ${JSON.stringify(networks)}
  [${cri}.containerd]
    snapshotter = "overlayfs"
  [${cri}.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [${cri}.containerd.runtimes.runc.options]
    SystemdCgroup = false
`;
}

function podNetwork(dir: string): object {
  const ipam = {
    type: 'host-local',
    dataDir: join(dir, 'addresses'),
    ranges: [[{ subnet: POD_NETWORK }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const bridge = { type: 'bridge', bridge: BRIDGE, isGateway: true, ipMasq: false, hairpinMode: true, ipam };
  return { cniVersion: '0.4.0', name: 'pods', plugins: [bridge] };
}
