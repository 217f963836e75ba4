import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { asKubeletReads, HOSTILE_TEXTS, shapeOf } from '../../../test/support/hostile-text.js';
import { loadsOf } from '../../domain/loads/load.js';
import { parseTask } from '../../domain/task/parse-task.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import type { BenchmarkRequest } from '../types.js';
import { benchmarkJobOf } from './manifest.js';

const IN_CLUSTER = {
  namespace: 'autotuner',
  name: 'simple-tune-exp3-0123456789',
  url: 'http://simple-tune-exp3-0123456789.autotuner.svc.cluster.local:8080',
};
const OWNER = { workflowId: 'tune/simple-tune', runId: 'r-1', taskName: 'simple-tune', experimentId: 3 };

async function prototypeTask(ome: object = {}, benchmark: object = {}): Promise<TuningTask> {
  const file = JSON.parse(await readFile('examples/simple_task.json', 'utf8')) as { benchmark: object };
  const result = parseTask({ ...file, benchmark: { ...file.benchmark, ...benchmark }, ome: { benchmark: ome } });
  if (!('task' in result)) throw new Error(JSON.stringify(result.issues));
  return result.task;
}

function requestOf({ benchmark, ome }: TuningTask): BenchmarkRequest {
  return {
    ...{
      name: 'simple-tune-exp3-0123456789',
      owner: OWNER,
      benchmark,
      ome,
      loads: loadsOf(benchmark),
      outputDir: '',
      timeoutMs: 1,
    },
    endpoint: { baseUrl: 'http://127.0.0.1:1', modelName: 'served', apiKeyFile: null, inCluster: IN_CLUSTER },
    disturbances: () => Promise.resolve([]),
    beforeLoad: () => Promise.resolve(),
  };
}

interface Parsed {
  metadata: { name: string; namespace: string; annotations: Record<string, string> };
  spec: Record<string, unknown> & {
    podOverride: Record<string, unknown> & { env: { name: string; value?: string }[] };
  };
}
const jobOf = (request: BenchmarkRequest, inCluster = IN_CLUSTER): Parsed =>
  benchmarkJobOf(request, inCluster) as unknown as Parsed;

describe('the BenchmarkJob', () => {
  it("of the prototype's task has what OME needs, and nothing else", async () => {
    expect(jobOf(requestOf(await prototypeTask()))).toEqual({
      apiVersion: 'ome.io/v1beta1',
      kind: 'BenchmarkJob',
      metadata: {
        name: 'simple-tune-exp3-0123456789',
        namespace: 'autotuner',
        labels: {
          'app.kubernetes.io/managed-by': 'inference-autotuner',
          'inference-autotuner/task': 'simple-tune',
          'inference-autotuner/experiment': '3',
        },
        annotations: { 'inference-autotuner/owner': JSON.stringify(OWNER) },
      },
      spec: {
        endpoint: { inferenceService: { name: 'simple-tune-exp3-0123456789', namespace: 'autotuner' } },
        task: 'text-to-text',
        trafficScenarios: ['D(100,100)'],
        numConcurrency: [1, 4],
        maxTimePerIteration: 10,
        maxRequestsPerIteration: 50,
        additionalRequestParams: { temperature: '0.0' },
        outputLocation: { storageUri: 'pvc://benchmark-results-pvc/simple-tune-exp3-0123456789' },
        resultFolderName: 'levels',
        podOverride: {
          env: [
            { name: 'OPENAI_API_KEY', value: 'none' },
            { name: 'MODEL_API_KEY', value: 'none' },
          ],
        },
      },
    });
  });

  it('names the engine by its address where the task says so', async () => {
    // The kind takes openai and two of cohere for the format.
    expect(jobOf(requestOf(await prototypeTask({ endpoint: 'url' }))).spec['endpoint']).toEqual({
      endpoint: { url: IN_CLUSTER.url, apiFormat: 'openai', modelName: 'served' },
    });
  });

  it('carries every optional field', async () => {
    const image = 'ghcr.io/sgl-project/genai-bench:0.0.5';
    const task = await prototypeTask({
      claim: 'results',
      image,
      hugging_face_secret: 'hub',
      node_selector: { pool: 'load' },
      tolerations: [{ key: 'x', effect: 'NoExecute' }],
      environment: {
        HF_HUB_OFFLINE: '1',
        HF_TOKEN: { secret: 'hub', key: 'token' },
        MODEL_API_KEY: { secret: 'engine', key: 'key' },
      },
      resources: { cpu: '2', memory: '4Gi' },
    });
    const { spec } = jobOf(requestOf(task));
    expect(spec).toMatchObject({
      outputLocation: { storageUri: 'pvc://results/simple-tune-exp3-0123456789' },
      huggingFaceSecretReference: { name: 'hub' },
    });
    expect(spec.podOverride).toEqual({
      image,
      env: [
        { name: 'OPENAI_API_KEY', value: 'none' },
        { name: 'MODEL_API_KEY', valueFrom: { secretKeyRef: { name: 'engine', key: 'key' } } },
        { name: 'HF_HUB_OFFLINE', value: '1' },
        { name: 'HF_TOKEN', valueFrom: { secretKeyRef: { name: 'hub', key: 'token' } } },
      ],
      nodeSelector: { pool: 'load' },
      tolerations: [{ key: 'x', operator: 'Exists', effect: 'NoExecute' }],
      resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { cpu: '2', memory: '4Gi' } },
    });
  });

  it('lists nothing twice, since the kind takes sets, and additional parameters as texts', async () => {
    const task = await prototypeTask(
      {},
      {
        traffic_scenarios: ['D(100,100)', 'D(1,1)', 'D(100,100)'],
        num_concurrency: [4, 1, 4],
        additional_params: { temperature: 0, stop: ['a'], seed: '1', stream: null },
      }
    );
    expect(jobOf(requestOf(task)).spec).toMatchObject({
      trafficScenarios: ['D(100,100)', 'D(1,1)'],
      numConcurrency: [4, 1],
      additionalRequestParams: { temperature: '0', stop: '["a"]', seed: '1', stream: 'null' },
    });
    const none = await prototypeTask({}, { additional_params: {} });
    expect(jobOf(requestOf(none)).spec).not.toHaveProperty('additionalRequestParams');
  });
});

describe('hostile values', () => {
  it.each(HOSTILE_TEXTS)('arrive as they are, and change nothing around them: %j', async (text) => {
    const of = async (word: string): Promise<Parsed> =>
      jobOf(
        requestOf(
          await prototypeTask({ environment: { NOTE: word } }, { additional_params: { stop: word, list: [word] } })
        )
      );
    const job = await of(text);
    expect(shapeOf(job)).toEqual(shapeOf(await of('x')));
    expect(job.spec['additionalRequestParams']).toEqual({ stop: text, list: JSON.stringify([text]) });
    // OME does not take this one for a template of its own.
    const note = job.spec.podOverride.env.find(({ name }) => name === 'NOTE');
    expect(asKubeletReads(note?.value ?? '')).toBe(text);
  });

  it.each(HOSTILE_TEXTS)('change nothing as keys of the parameters: %j', async (text) => {
    const task = await prototypeTask({}, { additional_params: { [text.slice(0, 100)]: 1 } });
    const { spec } = jobOf(requestOf(task));
    expect(spec['additionalRequestParams']).toEqual({ [text.slice(0, 100)]: '1' });
    expect(Object.keys(spec)).toEqual(Object.keys(jobOf(requestOf(await prototypeTask())).spec));
  });

  it.each(HOSTILE_TEXTS)('change nothing where the schema would refuse them: %j', async (text) => {
    const of = async (word: string, endpoint: 'url' | 'inference-service'): Promise<Parsed> => {
      const task = await prototypeTask({ endpoint });
      const own = {
        ...task.ome.benchmark,
        ...{
          claim: word,
          image: word,
          hugging_face_secret: word,
          node_selector: { a: word },
          resources: { cpu: word },
        },
        tolerations: [{ operator: 'Equal' as const, key: word, value: word }],
      };
      const request = requestOf({
        ...task,
        benchmark: { ...task.benchmark, task: word, traffic_scenarios: [word] },
        ome: { ...task.ome, benchmark: own },
      });
      return jobOf(
        {
          ...request,
          name: word,
          owner: { ...OWNER, taskName: word },
          endpoint: { ...request.endpoint, modelName: word },
        },
        { namespace: word, name: word, url: word }
      );
    };
    for (const endpoint of ['url', 'inference-service'] as const) {
      const job = await of(text, endpoint);
      expect(shapeOf(job)).toEqual(shapeOf(await of('x', endpoint)));
      expect(job.metadata).toMatchObject({ name: text, namespace: text });
      expect(job.spec).toMatchObject({
        endpoint:
          endpoint === 'url' ? { endpoint: { url: text, modelName: text } } : { inferenceService: { name: text } },
        task: text,
        trafficScenarios: [text],
        outputLocation: { storageUri: `pvc://${text}/${text}` },
        podOverride: { image: text, nodeSelector: { a: text }, tolerations: [{ key: text, value: text }] },
      });
    }
  });
});
