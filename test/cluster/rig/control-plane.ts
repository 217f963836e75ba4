/** The whole control plane: API server, controller manager, scheduler, and kwok for the nodes. */
import { ApiServer, startComponent, type ApiServerOptions } from './api-server.js';
import * as components from './components.js';
import { until } from './wait.js';

/** Resolves when pods can be created. */
export async function startControlPlane(options: ApiServerOptions): Promise<ApiServer> {
  const server = await ApiServer.start(options);
  const commands = [components.controllerManager, components.scheduler, components.kwok];
  await Promise.all(commands.map((command) => startComponent(options, command(server.ports))));
  await until('the service account that pods need', () =>
    server.api.get('/api/v1/namespaces/default/serviceaccounts/default')
  );
  return server;
}
