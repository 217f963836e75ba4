import { readEnvironment } from '../platform/environment.js';
import type { ApiContext } from './context.js';
import type { ApiMetrics } from './metrics/api-metrics.js';
import { openApiOf } from './openapi.js';
import { allEndpoints } from './routes/index.js';

/** The published description of the API, schemas/openapi.json: made without a server, since nothing in it depends on one. */
export function apiDocument(): Record<string, unknown> {
  const nothing = { reader: {}, ports: {}, options: { environment: readEnvironment({}) } } as unknown as ApiContext;
  return openApiOf(allEndpoints(nothing, {} as ApiMetrics));
}
