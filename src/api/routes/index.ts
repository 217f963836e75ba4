import type { ApiContext } from '../context.js';
import type { Endpoint } from '../endpoint.js';
import type { ApiMetrics } from '../metrics/api-metrics.js';
import { eventRoutes } from './events.js';
import { experimentRoutes } from './experiments.js';
import { historyRoutes } from './history.js';
import { metaRoutes } from './meta.js';
import { resultRoutes } from './results.js';
import { scheduleRoutes } from './schedules.js';
import { steerRoutes } from './steer.js';
import { taskRoutes } from './tasks.js';
import { tuneRoutes } from './tunes.js';

/** Every endpoint that there is: routes, documentation and tests go over this list. */
export function allEndpoints(context: ApiContext, metrics: ApiMetrics): Endpoint[] {
  const endpoints: Endpoint[] = [
    ...taskRoutes(context),
    ...tuneRoutes(context),
    ...steerRoutes(context),
    ...experimentRoutes(context),
    ...resultRoutes(context),
    ...eventRoutes(context),
    ...scheduleRoutes(context),
    ...historyRoutes(context),
  ];
  endpoints.push(...metaRoutes(context, metrics, () => endpoints));
  return endpoints;
}
