import { describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { parse } from 'yaml';
import { HOSTILE_TEXTS } from '../../../test/support/hostile-text.js';
import { measuredOutcome, resultsOf } from '../../../test/support/results.js';
import { taskOf } from '../../../test/support/tasks.js';
import { tunedResults } from '../../../test/support/tuned.js';
import type { ResultsFile } from '../../domain/results/tune-result.js';
import { launchesOf, recommendedOf, type Launch, type LaunchKind } from './index.js';

function launch(results: ResultsFile, kind: LaunchKind): Launch {
  const found = launchesOf(results).find((one) => one.kind === kind);
  if (!found) throw new Error(`no ${kind}`);
  return found;
}

/** One experiment, which is the best. */
function oneOf(
  task: Parameters<typeof taskOf>[0],
  combination: Record<string, string | number> = { tp_size: 2 }
): ResultsFile {
  const completed = taskOf(task);
  return resultsOf(completed, [measuredOutcome(completed, 1, combination, 2)]);
}

const SGLANG = { engine: 'sglang', model: { name: 'org/model' } } as const;

/** What a program of this name is given by a shell that runs the text. */
async function argumentsOf(text: string, program: string): Promise<string[]> {
  const script = `${program}() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${text.replace(/^MODEL=.*$/m, "MODEL='/m o d e l'")}`;
  const { stdout } = await execa('sh', ['-s'], { input: script, stripFinalNewline: false });
  return stdout.split('\0').slice(0, -1);
}

describe('how to run the winner', () => {
  it('has no path of the machine that measured, but in the form that is about it', () => {
    for (const { kind, text, words } of launchesOf(tunedResults())) {
      if (kind !== 'measured') expect(text).not.toMatch(/\/opt\/engine|\/models\/m\.gguf/);
      expect(words).toMatch(/\.$/);
    }
    expect(launch(tunedResults(), 'measured').text).toContain('/opt/engine/llama-server');
  });

  it('in a shell says what to replace', async () => {
    const { text, words, placeholders } = launch(tunedResults(), 'shell');
    expect(words).toContain('Set MODEL to where the model is');
    expect(placeholders).toHaveLength(1);
    expect(await argumentsOf(text, 'llama_server_stand_in').catch(() => [])).toEqual([]);
    expect(await argumentsOf(text.replace('llama-server', 'llama_server'), 'llama_server')).toEqual([
      ...['--model', '/m o d e l', '--alias', 'm', '--host', '127.0.0.1', '--port', '8000'],
      ...['--threads', '4', '--parallel', '4', '--color', 'red'],
    ]);
  });

  it.each(HOSTILE_TEXTS.filter((one) => !one.includes('\ud800')))('keeps %j one argument of a shell', async (word) => {
    const results = oneOf({ ...SGLANG, parameters: { note: { type: 'choice', values: [word] } } }, { note: word });
    const { text } = launch(results, 'shell');
    expect((await argumentsOf(text, 'python3')).slice(-2)).toEqual(['--note', word]);
    const docker = launch(results, 'docker').text;
    expect((await argumentsOf(docker, 'docker')).slice(-2)).toEqual(['--note', word]);
  });

  it('takes a model of a hub by its name', () => {
    const { text, placeholders } = launch(oneOf(SGLANG), 'docker');
    expect(text).toContain('--model-path org/model');
    expect(text).toContain('.cache/huggingface');
    expect(placeholders.map(({ name }) => name)).toEqual(['latest']);
  });

  it('leaves secrets to their owner', () => {
    const results = oneOf({ ...SGLANG, process: { environment: { HF_TOKEN: 'env:HF_TOKEN', NOTE: 'a b' } } });
    expect(launch(results, 'docker').text).toContain("-e HF_TOKEN \\\n  -e 'NOTE=a b'");
    expect(launch(results, 'shell').words).toContain('Export HF_TOKEN first');
    expect(parse(launch(results, 'helm-values').text)).toMatchObject({
      env: [
        { name: 'HF_TOKEN', valueFrom: { secretKeyRef: { key: 'HF_TOKEN' } } },
        { name: 'NOTE', value: 'a b' },
      ],
    });
  });

  it('of a command of the task is in a shell alone', () => {
    const results = oneOf({ engine: { command: ['/usr/bin/serve', '--at={model}', '{port}'] } });
    expect(launchesOf(results).map(({ kind }) => kind)).toEqual(['shell', 'measured']);
    expect(launch(results, 'shell').text).toContain('--at="$MODEL"');
  });
});

describe('in a cluster', () => {
  const ome = oneOf({ ...SGLANG, backend: 'ome', base_runtime: 'srt', model: { name: 'llama' } });

  it('is an InferenceService that the tuner does not take for its own', () => {
    const manifest = parse(launch(ome, 'inference-service').text) as { metadata: object; spec: object };
    expect(manifest.metadata).toEqual({ name: 'test', namespace: 'autotuner' });
    expect(manifest.spec).toMatchObject({
      model: { name: 'llama' },
      runtime: { name: 'srt' },
      engine: { runner: { resources: { limits: { 'nvidia.com/gpu': '2' } } } },
    });
    expect(launchesOf(ome)[0]?.kind).toBe('inference-service');
  });

  it('has the arguments that were measured there', () => {
    const best = ome.best_result;
    const command = ['python3', '-m', 'sglang.launch_server', '--model-path', '$(MODEL_PATH)', '--log={{x}}'];
    const provenance = best?.provenance && { ...best.provenance, command };
    const measured = { ...ome, best_result: best && { ...best, provenance: provenance ?? null } };
    const { spec } = parse(launch(measured, 'inference-service').text) as {
      spec: { engine: { runner: { args: string[] } } };
    };
    expect(spec.engine.runner.args).toEqual(['--model-path', '$(MODEL_PATH)', '--log={{`{{`}}x}}']);
  });

  it('has values for the chart', () => {
    const results = oneOf({ ...SGLANG, parameters: { tp_size: { type: 'choice', values: [2] } } });
    expect(parse(launch(results, 'helm-values').text)).toMatchObject({
      image: { repository: 'lmsysorg/sglang' },
      command: ['python3', '-m', 'sglang.launch_server'],
      resources: { limits: { 'nvidia.com/gpu': 2 } },
    });
  });
});

describe('what is recommended', () => {
  it('is the verified winner', () => {
    expect(recommendedOf(tunedResults())).toMatchObject({ role: 'the winner', result: { experiment_id: 6 } });
  });

  it('is the baseline where nothing is better', () => {
    const results = tunedResults();
    const verdict = { ...results.verdict, kind: 'no_gain' as const, winner: null };
    expect(recommendedOf({ ...results, verdict })).toMatchObject({
      role: 'the baseline',
      result: { experiment_id: 0 },
    });
  });

  it('is nothing where nothing is feasible, and from a file without its task only what was measured', () => {
    const results = tunedResults();
    expect(launchesOf({ ...results, best_result: null })).toEqual([]);
    const { task: _, ...ran } = results.ran;
    expect(launchesOf({ ...results, ran }).map(({ kind }) => kind)).toEqual(['measured']);
  });
});
