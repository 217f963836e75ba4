/**
 * OpenTelemetry: one trace for a tune, from whoever starts it over its workflows and activities to the load generator. Off, and not even
 * loaded, unless OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT says where traces go (OTLP over HTTP).
 */
import { SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { packageVersion } from './environment.js';
import { isTraced } from './is-traced.js';

export interface Tracing {
  /** What tells where spans come from. */
  readonly resource: Resource;
  /** Takes them, also those of workflows. */
  readonly processor: SpanProcessor;
}

const SCOPE = 'inference-autotuner';
/** A collector that does not answer must not hold up the end of a command. */
const FLUSH_WITHIN_MS = 2000;

let started: Promise<Tracing> | null = null;

/** Begins to trace, once for this process. @returns null where nobody wants it. */
export async function tracing(): Promise<Tracing | null> {
  if (!isTraced()) return null;
  started ??= start();
  return started;
}

async function start(): Promise<Tracing> {
  const [
    { BatchSpanProcessor, NodeTracerProvider },
    { OTLPTraceExporter },
    { Resource, detectResourcesSync, envDetectorSync },
  ] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const own = new Resource({ 'service.name': SCOPE, 'service.version': packageVersion() });
  // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES go before it.
  const resource = own.merge(detectResourcesSync({ detectors: [envDetectorSync] }));
  // The exporter reads where to, with what headers and how long from the standard variables.
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  new NodeTracerProvider({ resource, spanProcessors: [processor] }).register();
  return { resource, processor };
}

/** Hands over what has not been sent yet; what cannot be sent in two seconds is lost. */
export async function flushTraces(): Promise<void> {
  if (!started) return;
  const { processor } = await started;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, FLUSH_WITHIN_MS)));
  await Promise.race([processor.forceFlush().catch(() => undefined), late]);
  clearTimeout(timer);
}

/** Runs the work within a span of its own, which is that of the activity otherwise. Without tracing it just runs. */
export async function inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return trace.getTracer(SCOPE).startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      // Its message may hold what is only taken out of it later.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
      throw error;
    } finally {
      span.end();
    }
  });
}
