import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { readConversion } from '../platform/data-converter.js';
import { TemporalUnreachableError } from './errors.js';

/** Where the Temporal server is; what is absent comes from Temporal's standard environment variables and profile file. */
export interface TemporalAddress {
  readonly address?: string;
  readonly namespace?: string;
}

const CONNECT_WITHIN_MS = 5000;
const DEFAULT_ADDRESS = '127.0.0.1:7233';

/** The address that `connect` would use. */
export function temporalAddress({ address }: TemporalAddress = {}): string {
  return address ?? loadClientConnectConfig().connectionOptions.address ?? DEFAULT_ADDRESS;
}

/** @throws TemporalUnreachableError naming the address; CodecError. */
export async function connect(given: TemporalAddress = {}): Promise<Client> {
  const { dataConverter } = readConversion();
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const options = { ...connectionOptions, ...(given.address ? { address: given.address } : {}) };
  try {
    const connection = await Connection.connect({ ...options, connectTimeout: CONNECT_WITHIN_MS });
    return new Client({ connection, namespace: given.namespace ?? namespace ?? 'default', dataConverter });
  } catch (cause) {
    throw new TemporalUnreachableError(options.address ?? DEFAULT_ADDRESS, { cause });
  }
}
