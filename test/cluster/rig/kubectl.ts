/** kubectl, out of the cluster's program. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const MAX_OUTPUT = 64 * 2 ** 20;

/**
 * @param home where it keeps what it knows of the cluster.
 * @throws Error with what kubectl printed when it fails.
 * @returns its standard output.
 */
export async function runKubectl(command: readonly string[], home: string, args: readonly string[]): Promise<string> {
  const [file = '', ...own] = command;
  const options = { env: { HOME: home }, maxBuffer: MAX_OUTPUT };
  return (await promisify(execFile)(file, [...own, ...args], options)).stdout;
}

/** As this kubeconfig's user. */
export function kubectlCommand(program: string, kubeconfig: string): readonly string[] {
  return [program, 'kubectl', `--kubeconfig=${kubeconfig}`];
}
