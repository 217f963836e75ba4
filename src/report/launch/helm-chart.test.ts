/** The values that a tune writes, in the chart that they are for, by the real Helm: `HELM_PATH`, or `helm` on the PATH; else skipped. */
import { describe, expect, it } from '@jest/globals';
import { execaSync } from 'execa';
import { parse, parseAllDocuments } from 'yaml';
import { HOSTILE_TEXTS } from '../../../test/support/hostile-text.js';
import { measuredOutcome, resultsOf } from '../../../test/support/results.js';
import { taskOf } from '../../../test/support/tasks.js';
import { launchesOf } from './index.js';

const HELM = process.env['HELM_PATH'] ?? 'helm';
const CHART = 'deploy/helm/inference-engine';
const hasHelm = execaSync(HELM, ['version', '--short'], { reject: false }).exitCode === 0;
const withHelm = hasHelm ? describe : describe.skip;

interface Container {
  readonly image: string;
  readonly command: string[];
  readonly args: string[];
  readonly env?: object[];
  readonly resources?: object;
}
interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly [Container]; readonly volumes?: object[] } };
  };
}

function valuesOf(
  task: Parameters<typeof taskOf>[0],
  combination: Record<string, string | number> = { tp_size: 2 }
): string {
  const completed = taskOf(task);
  const results = resultsOf(completed, [measuredOutcome(completed, 1, combination, 2)]);
  const found = launchesOf(results).find(({ kind }) => kind === 'helm-values');
  if (!found) throw new Error('no values');
  return found.text;
}

function render(values: string, release = 'tuned'): { readonly deployment: Rendered; readonly service: Rendered } {
  const linted = execaSync(HELM, ['lint', '--strict', CHART, '-f', '-'], { input: values, reject: false });
  expect(linted.exitCode === 0 ? '' : linted.stdout + linted.stderr).toBe('');
  const { stdout } = execaSync(HELM, ['template', release, CHART, '-f', '-'], { input: values });
  const all = parseAllDocuments(stdout).map((one) => one.toJS() as Rendered);
  const of = (kind: string): Rendered => {
    const found = all.find((one) => one.kind === kind);
    if (!found) throw new Error(`no ${kind}`);
    return found;
  };
  return { deployment: of('Deployment'), service: of('Service') };
}

const SGLANG = { engine: 'sglang', model: { name: 'org/model' } } as const;

withHelm('the chart', () => {
  it.each([
    ['SGLang', valuesOf(SGLANG)],
    [
      'vLLM on a node of its own',
      valuesOf({
        ...SGLANG,
        engine: 'vllm',
        backend: 'ome',
        base_runtime: 'r',
        ome: { node_selector: { gpu: 'h100' }, tolerations: [{ key: 'gpu', operator: 'Exists' }] },
      }),
    ],
    ['llama.cpp', valuesOf({ engine: 'llama.cpp' }, { threads: 4 })],
    [
      'secrets and variables',
      valuesOf({ ...SGLANG, process: { environment: { HF_TOKEN: 'env:HF_TOKEN', NOTE: 'a b: "c"' } } }),
    ],
  ])('runs what was measured: %s', (_, text) => {
    const values = parse(text) as { command: string[]; args: string[]; env?: object[]; resources?: object };
    const [container] = render(text).deployment.spec.template.spec.containers;
    expect(container.command).toEqual(values.command);
    expect(container.args).toEqual(values.args);
    expect(container.env).toEqual(values.env);
    expect(container.resources).toEqual(values.resources);
  });

  it.each(HOSTILE_TEXTS.filter((one) => !one.includes('\ud800')))('keeps %j one argument', (word) => {
    const text = valuesOf({ ...SGLANG, parameters: { note: { type: 'choice', values: [word] } } }, { note: word });
    const [container] = render(text).deployment.spec.template.spec.containers;
    expect(container.args).toEqual((parse(text) as { args: string[] }).args);
  });

  it('has names that Kubernetes takes, whatever the release is called', () => {
    const { deployment, service } = render(valuesOf(SGLANG), '2b.chat');
    expect([deployment.metadata.name, service.metadata.name]).toEqual(['engine-2b-chat', 'engine-2b-chat']);
  });

  it('says what is missing', () => {
    const { stderr, exitCode } = execaSync(HELM, ['template', 'x', CHART], { reject: false });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('image.repository is missing');
  });
});
