/** The manifest of a BenchmarkJob, from its template. */
import { parse } from 'yaml';
import { environmentOf } from '../../backends/ome/manifest.js';
import { ownedAnnotations, ownedLabels } from '../../backends/ome/ownership.js';
import type { Manifest } from '../../platform/kubernetes/manifest.js';
import { render } from '../../platform/templates.js';
import type { BenchmarkRequest } from '../types.js';

/** The folder of the result files, below the job's own folder of the claim. */
export const RESULT_FOLDER = 'levels';

/** @param inCluster where the engine is: see `Endpoint`. */
export function benchmarkJobOf(
  { name, owner, benchmark, ome, endpoint, loads }: BenchmarkRequest,
  inCluster: { readonly namespace: string; readonly name: string; readonly url: string }
): Manifest {
  const own = ome.benchmark;
  const resources = Object.keys(own.resources).length > 0 ? own.resources : null;
  const params = Object.entries(benchmark.additional_params).map(([key, value]) => [key, asText(value)] as const);
  return parse(
    render('ome/benchmark-job.yaml.njk', {
      name,
      namespace: inCluster.namespace,
      labels: ownedLabels(owner),
      annotations: ownedAnnotations(owner),
      url: own.endpoint === 'url' ? inCluster.url : null,
      modelName: endpoint.modelName,
      inferenceService: inCluster.name,
      task: benchmark.task,
      trafficScenarios: [...new Set(loads.map(({ scenario }) => scenario))],
      numConcurrency: [...new Set(loads.flatMap(({ concurrency }) => concurrency ?? []))],
      maxTimePerIteration: benchmark.max_time_per_iteration,
      maxRequestsPerIteration: benchmark.max_requests_per_iteration,
      hasParams: params.length > 0,
      additionalRequestParams: Object.fromEntries(params),
      // Mounted at `/<name>`, which OME makes genai-bench's base directory.
      storageUri: `pvc://${own.claim}/${name}`,
      resultFolderName: RESULT_FOLDER,
      huggingFaceSecret: own.hugging_face_secret ?? null,
      image: own.image ?? null,
      // genai-bench insists on a key for its openai backend, and the kind has no field for one.
      env: environmentOf({ OPENAI_API_KEY: 'none', MODEL_API_KEY: 'none', ...own.environment }),
      hasNodeSelector: Object.keys(own.node_selector).length > 0,
      nodeSelector: own.node_selector,
      tolerations: own.tolerations,
      resources: resources && { requests: resources, limits: resources },
    })
  ) as Manifest;
}

/** The kind takes texts only; OME 2026-05 does not pass them on (docs/kubernetes.md). */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
