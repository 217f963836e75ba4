import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { testApi } from '../../test/support/api.js';
import { apiDocument } from './document.js';
import { openApiOf } from './openapi.js';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
  readonly requestBody?: { content: Record<string, { schema: object }> };
}
type Paths = Record<string, Record<string, Operation>>;

const document = apiDocument();
const operations = Object.entries(document['paths'] as Paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation }))
);

describe('OpenAPI', () => {
  it('is published as it is: npm run build && npm run schemas', async () => {
    const published: unknown = JSON.parse(await readFile('schemas/openapi.json', 'utf8'));
    expect(published).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('is what a server tells of itself', async () => {
    const api = await testApi();
    const told = await api.app.inject({ url: '/openapi.json', headers: { host: 'localhost' } });
    expect(told.json()).toEqual(JSON.parse(JSON.stringify(openApiOf(api.endpoints))));
    expect(told.json()).toEqual(JSON.parse(JSON.stringify(document)));
    await api.close();
  });

  it('has every operation once, with all that stands in its path', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, parameters } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(inPath);
    }
  });

  it('has schemas that are some (JSON Schema 2020-12)', () => {
    const all = operations.flatMap(({ responses, requestBody }) =>
      [...Object.values(responses), ...(requestBody ? [requestBody] : [])].flatMap(({ content = {} }) =>
        Object.values(content).map(({ schema }) => schema)
      )
    );
    expect(all.length).toBeGreaterThan(50);
    // References are to the document.
    const whole = { anyOf: all, components: document['components'] };
    expect(() => new Ajv2020({ strict: false, validateFormats: false }).compile(whole)).not.toThrow();
  });
});
