import type { WorkflowClientInterceptor } from '@temporalio/client';
import { tracing } from '../platform/tracing.js';

/**
 * What begins a trace: the start of a workflow, and what it is told. Looking at it does not: whoever watches a tune asks every
 * second.
 * @returns none without tracing.
 */
export async function tracedClient(): Promise<WorkflowClientInterceptor[]> {
  if (!(await tracing())) return [];
  const { OpenTelemetryWorkflowClientInterceptor } = await import('@temporalio/interceptors-opentelemetry');
  const all = new OpenTelemetryWorkflowClientInterceptor();
  return [
    {
      start: (input, next) => all.start(input, next),
      startWithDetails: (input, next) => all.startWithDetails(input, next),
      startUpdate: (input, next) => all.startUpdate(input, next),
      cancel: (input, next) => all.cancel(input, next),
    },
  ];
}
