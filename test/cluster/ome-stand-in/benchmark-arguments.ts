/** genai-bench's command line, as OME's controller builds it. `dataset` and `additionalRequestParams` are not passed on. */
import type { BaseModel, BenchmarkJob, InferenceService } from './types.js';

const PVC = 'pvc://';
/** The schemes for which OME knows how to hand the results over. */
const UPLOADED = ['oci://', 's3://', 'az://', 'gs://', 'github://'];

/** What is benchmarked, as it was found: a URL, or an InferenceService with its model. */
export type Target =
  | { readonly kind: 'endpoint'; readonly url: string; readonly apiFormat: string; readonly modelName: string }
  | { readonly kind: 'service'; readonly service: InferenceService; readonly model: BaseModel };

/** @throws Error when something that must be known is not. */
export function benchmarkArguments({ spec }: BenchmarkJob, target: Target): string[] {
  const { key, tokenizer, ...api } = apiOf(target);
  const metadata = spec.serviceMetadata;
  return [
    'benchmark',
    ...['--api-backend', api.backend, '--api-base', api.base, '--api-model-name', api.model],
    ...['--task', spec.task],
    ...[
      '--max-time-per-run',
      `${spec.maxTimePerIteration}`,
      '--max-requests-per-run',
      `${spec.maxRequestsPerIteration}`,
    ],
    ...(key === undefined ? [] : ['--api-key', key]),
    ...(tokenizer === undefined ? [] : ['--model-tokenizer', tokenizer]),
    ...(spec.trafficScenarios ?? []).flatMap((scenario) => ['--traffic-scenario', scenario]),
    ...(spec.numConcurrency ?? []).flatMap((concurrency) => ['--num-concurrency', `${concurrency}`]),
    ...(spec.resultFolderName === undefined ? [] : ['--experiment-folder-name', spec.resultFolderName]),
    ...(metadata === undefined
      ? []
      : [
          ...['--server-engine', metadata.engine, '--server-gpu-type', metadata.gpuType],
          ...['--server-version', metadata.version, '--server-gpu-count', `${metadata.gpuCount}`],
        ]),
    ...storageArguments(spec.outputLocation.storageUri),
  ];
}

/** The claim and the path in it of `pvc://[namespace:]claim/path`; null for another kind of storage. */
export function parseClaim(uri: string): { readonly claim: string; readonly path: string } | null {
  if (!uri.startsWith(PVC)) return null;
  const [, , claim, path] = /^pvc:\/\/(?:([^:/]+):)?([^:/]+)\/(.+)$/.exec(uri) ?? [];
  if (claim === undefined || path === undefined) throw new Error('invalid PVC storage URI format: missing subpath');
  return { claim, path };
}

function apiOf(target: Target): { backend: string; base: string; model: string; key?: string; tokenizer?: string } {
  if (target.kind === 'endpoint') return { backend: target.apiFormat, base: target.url, model: target.modelName };
  const { service, model } = target;
  const name = `${service.metadata?.namespace}/${service.metadata?.name}`;
  const tokenizer = model.spec.storage?.path;
  if (tokenizer === undefined)
    throw new Error(`BaseModel ${model.metadata?.name} has missing Storage or Path information`);
  const base = service.status?.url;
  if (base === undefined) throw new Error(`InferenceService ${name} has no URL.Host in status`);
  const protocol = service.spec?.engine?.runner?.env?.find((variable) => variable.name === 'PROTOCOL_VERSION')?.value;
  return { backend: protocol ?? 'openai', base, model: 'vllm-model', key: 'sample-key', tokenizer };
}

function storageArguments(uri: string): string[] {
  const claim = parseClaim(uri);
  if (claim) return ['--experiment-base-dir', `/${claim.path}`];
  const scheme = UPLOADED.find((prefix) => uri.startsWith(prefix));
  if (scheme === undefined) throw new Error(`failed to build storage args: unsupported storage type: ${uri}`);
  return ['--upload-results', '--storage-bucket', uri.slice(scheme.length)];
}
