import { createRequire } from 'node:module';
import type { WorkerOptions } from '@temporalio/worker';
import { tracing } from '../platform/tracing.js';

/** What makes spans within workflows: a module by path, since it is bundled with them. */
export const TRACED_WORKFLOWS = createRequire(import.meta.url).resolve(
  '@temporalio/interceptors-opentelemetry/lib/workflow-interceptors'
);

/**
 * A worker whose activities and workflows have spans, with the ids of the trace in what activities log.
 * @returns nothing without tracing.
 */
export async function tracedWorker(): Promise<Pick<WorkerOptions, 'interceptors' | 'sinks'>> {
  const traced = await tracing();
  if (!traced) return {};
  const { makeWorkflowExporter, OpenTelemetryActivityInboundInterceptor, OpenTelemetryActivityOutboundInterceptor } =
    await import('@temporalio/interceptors-opentelemetry');
  return {
    interceptors: {
      activity: [
        (context) => ({
          inbound: new OpenTelemetryActivityInboundInterceptor(context),
          outbound: new OpenTelemetryActivityOutboundInterceptor(context),
        }),
      ],
    },
    sinks: { exporter: makeWorkflowExporter(traced.processor, traced.resource) },
  };
}
