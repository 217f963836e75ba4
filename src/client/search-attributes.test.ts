import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { ensureSearchAttributes } from './search-attributes.js';

/** Of a server that refuses to say which there are. */
function refusing(code: number, message: string): Client {
  const refusal = Object.assign(new Error(`${code} ${message}`), { code, details: message, metadata: {} });
  return {
    options: { namespace: 'tuning' },
    connection: { operatorService: { listSearchAttributes: () => Promise.reject(refusal) } },
  } as unknown as Client;
}

describe('search attributes that cannot be read', () => {
  it('are no matter where there is no namespace', async () => {
    const ensuring = ensureSearchAttributes(refusing(5, 'NOT_FOUND: Namespace tuning is not found.'));
    await expect(ensuring).rejects.toThrow(
      /^Temporal has no namespace 'tuning' \(yet\).*\n {2}temporal operator namespace create --namespace tuning /
    );
  });

  it('are to be made by somebody else where this account may not', async () => {
    const ensuring = ensureSearchAttributes(refusing(7, 'PERMISSION_DENIED: Request unauthorized.'));
    await expect(ensuring).rejects.toThrow(/neither read nor added .*\n {2}temporal operator search-attribute create /);
  });
});
