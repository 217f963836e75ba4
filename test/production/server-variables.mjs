/** What configures temporal-server 1.30 and newer: the variables of its built-in template. */

/**
 * @param {{ port: number, ports: number[], database: URL, names: { store: string, visibility: string }, dynamicConfig: string }} options
 *   `ports` are eight free ones
 * @returns {Record<string, string>}
 */
export function serverVariables({ port, ports, database, names, dynamicConfig }) {
  const [history, matching, worker, http, ...membership] = ports.map(String);
  return {
    LOG_LEVEL: 'warn',
    DB: 'postgres12',
    POSTGRES_SEEDS: database.hostname,
    DB_PORT: database.port,
    POSTGRES_USER: database.username,
    POSTGRES_PWD: database.password,
    DBNAME: names.store,
    VISIBILITY_DBNAME: names.visibility,
    NUM_HISTORY_SHARDS: '4',
    BIND_ON_IP: '127.0.0.1',
    TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1',
    FRONTEND_GRPC_PORT: String(port),
    FRONTEND_HTTP_PORT: http,
    HISTORY_GRPC_PORT: history,
    MATCHING_GRPC_PORT: matching,
    WORKER_GRPC_PORT: worker,
    FRONTEND_MEMBERSHIP_PORT: membership[0],
    HISTORY_MEMBERSHIP_PORT: membership[1],
    MATCHING_MEMBERSHIP_PORT: membership[2],
    WORKER_MEMBERSHIP_PORT: membership[3],
    DYNAMIC_CONFIG_FILE_PATH: dynamicConfig,
  };
}
