/** What configures temporal-server 1.30 and newer: the variables of its built-in template. */
import path from 'node:path';

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

/**
 * A server that asks for a certificate and a token. Its own parts show the same certificate, and come in by a door of their own.
 * @param {string} dir as test/production/certificates.ts makes it
 * @param {number[]} ports three free ones
 */
export function guardedVariables(dir, [grpc, membership, http]) {
  const file = (name) => path.join(dir, name);
  return {
    TEMPORAL_TLS_REQUIRE_CLIENT_AUTH: 'true',
    TEMPORAL_TLS_FRONTEND_CERT: file('server.crt'),
    TEMPORAL_TLS_FRONTEND_KEY: file('server.key'),
    TEMPORAL_TLS_CLIENT1_CA_CERT: file('ca.crt'),
    TEMPORAL_TLS_CLIENT2_CA_CERT: file('ca.crt'),
    TEMPORAL_TLS_FRONTEND_SERVER_NAME: 'temporal',
    TEMPORAL_TLS_SERVER_CERT: file('server.crt'),
    TEMPORAL_TLS_SERVER_KEY: file('server.key'),
    TEMPORAL_TLS_SERVER_CA_CERT: file('ca.crt'),
    TEMPORAL_TLS_INTERNODE_SERVER_NAME: 'temporal',
    TEMPORAL_AUTH_AUTHORIZER: 'default',
    TEMPORAL_AUTH_CLAIM_MAPPER: 'default',
    TEMPORAL_JWT_KEY_SOURCE1: `file://${file('jwks.json')}`,
    USE_INTERNAL_FRONTEND: 'true',
    TEMPORAL_SERVICES: 'frontend,internal-frontend,history,matching,worker',
    INTERNAL_FRONTEND_GRPC_PORT: String(grpc),
    INTERNAL_FRONTEND_MEMBERSHIP_PORT: String(membership),
    INTERNAL_FRONTEND_HTTP_PORT: String(http),
  };
}
