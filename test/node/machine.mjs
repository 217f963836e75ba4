/**
 * The first process of a machine of its own (scripts/lib/own-machine.mjs): what a kubelet, a container runtime and network plugins write
 * outside of the folders that they are told goes where nobody else sees it. Then it runs the command that follows.
 *
 * Usage: node machine.mjs FOLDER CGROUP COMMAND ...
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { runInForeground } from '../../scripts/lib/child.mjs';
import { must } from '../image/must.mjs';

const [folder, cgroup, program, ...args] = process.argv.slice(2);
/** Fixed paths of theirs: device plugins, network plugins, links to containers' logs. */
const SHADOWED = ['/var/lib', '/var/log'];
/** What a kubelet wants of the kernel, for the whole machine: it looks, and where it reads this it leaves it as it is. */
const KERNEL = {
  'vm/overcommit_memory': 1,
  'vm/panic_on_oom': 0,
  'kernel/panic': 10,
  'kernel/panic_on_oops': 1,
  'kernel/keys/root_maxkeys': 1_000_000,
  'kernel/keys/root_maxbytes': 25_000_000,
};

const made = (...parts) => {
  const created = path.join(folder, ...parts);
  mkdirSync(created, { recursive: true });
  return created;
};

for (const target of SHADOWED) {
  const options = [`lowerdir=${target}`, `upperdir=${made('over', target)}`, `workdir=${made('work', target)}`];
  await must('mount', ['-t', 'overlay', 'overlay', '-o', options.join(','), target]);
}
await must('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
for (const [name, value] of Object.entries(KERNEL)) {
  const shown = path.join(made('kernel'), name.replaceAll('/', '.'));
  writeFileSync(shown, `${value}\n`);
  await must('mount', ['--bind', shown, path.join('/proc/sys', name)]);
}
await must('ip', ['link', 'set', 'lo', 'up']);

// As the first process it would not end by a signal that nobody handles; the command decides.
const env = {
  ...process.env,
  TMPDIR: made('tmp'),
  AUTOTUNER_TEST_NODE: folder,
  AUTOTUNER_TEST_NODE_CGROUP: `/${cgroup}`,
};
process.exitCode = await runInForeground(program, args, { env });
