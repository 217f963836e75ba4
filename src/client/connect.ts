import { Client, Connection } from '@temporalio/client';
import { readConversion } from '../platform/data-converter.js';
import { followApiKey, readTemporalConnection } from '../platform/temporal-connection.js';
import { TemporalRefusesError, TemporalUnreachableError } from './errors.js';
import { tracedClient } from './traced.js';

/** Where the Temporal server is; what is absent comes from Temporal's standard environment variables and profile file. */
export interface TemporalAddress {
  readonly address?: string;
  readonly namespace?: string;
}

const CONNECT_WITHIN_MS = 5000;
const DEFAULT_ADDRESS = '127.0.0.1:7233';
/** Of gRPC: PERMISSION_DENIED, UNAUTHENTICATED. */
const REFUSALS = [7, 16];

/** The address that `connect` would use. */
export function temporalAddress({ address }: TemporalAddress = {}): string {
  return address ?? readTemporalConnection().connectionOptions.address ?? DEFAULT_ADDRESS;
}

/**
 * A key that is replaced in its file is used from then on.
 * @throws TemporalUnreachableError naming the address; TemporalRefusesError; ConnectionSettingsError; CodecError.
 */
export async function connect(given: TemporalAddress = {}): Promise<Client> {
  const { dataConverter } = readConversion();
  const { connectionOptions, namespace, apiKeyFile } = readTemporalConnection();
  const options = { ...connectionOptions, ...(given.address ? { address: given.address } : {}) };
  try {
    const connection = await Connection.connect({ ...options, connectTimeout: CONNECT_WITHIN_MS });
    if (apiKeyFile !== null) followApiKey(apiKeyFile, (key) => connection.setApiKey(key));
    return new Client({
      connection,
      namespace: given.namespace ?? namespace ?? 'default',
      dataConverter,
      interceptors: { workflow: await tracedClient() },
    });
  } catch (cause) {
    const address = options.address ?? DEFAULT_ADDRESS;
    if (REFUSALS.includes((cause as { code?: number }).code ?? 0)) throw new TemporalRefusesError(address, { cause });
    throw new TemporalUnreachableError(address, { cause });
  }
}
