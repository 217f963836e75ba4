import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contracts/search-attributes.js';
import { isNotFound } from './not-found.js';

/** Temporal's numbers for the types of search attributes (temporal.api.enums.v1.IndexedValueType). */
const TYPE_NUMBERS = { KEYWORD: 2, DOUBLE: 4 } as const;
const CLI_TYPES = { KEYWORD: 'Keyword', DOUBLE: 'Double' } as const;

/** The server lacks our search attributes and does not let us add them. */
export class SearchAttributesError extends Error {
  override readonly name = 'SearchAttributesError';
}

/** The names of our search attributes that the namespace lacks. */
export async function missingSearchAttributes(client: Client): Promise<string[]> {
  const { namespace } = client.options;
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  return Object.values(SEARCH_ATTRIBUTES).flatMap(({ name }) => (customAttributes?.[name] === undefined ? [name] : []));
}

/**
 * Registers what is missing: a workflow that sets an unknown search attribute would hang.
 * @throws SearchAttributesError with the commands to run where the server does not let us, or does not have the namespace.
 */
export async function ensureSearchAttributes(client: Client): Promise<void> {
  const { namespace } = client.options;
  try {
    const missing = await missingSearchAttributes(client);
    const keys = Object.values(SEARCH_ATTRIBUTES).filter(({ name }) => missing.includes(name));
    if (keys.length === 0) return;
    const searchAttributes = Object.fromEntries(keys.map(({ name, type }) => [name, TYPE_NUMBERS[type]]));
    await client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (cause) {
    if (isNotFound(cause))
      throw new SearchAttributesError(
        `Temporal has no namespace '${namespace}' (yet); have it created:\n  temporal operator namespace create --namespace ${namespace} --retention 168h`,
        { cause }
      );
    const commands = Object.values(SEARCH_ATTRIBUTES).map(
      ({ name, type }) =>
        `  temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${CLI_TYPES[type]}`
    );
    throw new SearchAttributesError(
      `the search attributes of namespace '${namespace}' can be neither read nor added (${cause instanceof Error ? cause.message : String(cause)}); have them created:\n${commands.join('\n')}`,
      { cause }
    );
  }
}
