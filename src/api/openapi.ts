/** The API as OpenAPI 3.1, from the same descriptions that its routes are made of. */
import { z } from 'zod';
import { problemSchema } from '../contracts/http/common.js';
import { packageVersion } from '../platform/environment.js';
import type { Answer, Endpoint } from './endpoint.js';
import { NAMED } from './named-schemas.js';
import { PROBLEMS } from './problem.js';

type Json = Record<string, unknown>;

const PROBLEM = { $ref: '#/components/schemas/Problem' };

const DESCRIPTION = `Tunes of LLM inference servers: started, watched, steered, and what they have found.

Errors are problems (RFC 9457). Lists have \`items\` and \`next\`; give \`next\` as \`cursor\` for the next page. Without tokens the server is for
loopback alone; with them, reading needs a read token and writing a write token: \`Authorization: Bearer TOKEN\`.`;

export function openApiOf(endpoints: readonly Endpoint[]): Json {
  const schemas: Json = {};
  schemaOf(problemSchema, 'output', schemas);
  const paths: Record<string, Json> = {};
  for (const one of endpoints) {
    const path = one.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: operationOf(one, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'inference-autotuner', version: packageVersion(), description: DESCRIPTION },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of AUTOTUNER_API_TOKENS_FILE.' },
      },
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

function operationOf(one: Endpoint, schemas: Json): Json {
  const { method, path, access, tag, summary, status = 200, body, answer, stream } = one;
  return {
    operationId: operationIdOf(method, path),
    summary,
    tags: [tag],
    ...(access === 'open' ? { security: [] } : { security: [{}, { token: [] }] }),
    'x-access': access,
    parameters: [
      ...parametersOf(one.params, 'path', schemas),
      ...parametersOf(one.query, 'query', schemas),
      ...Object.entries(one.headers ?? {}).map(([name, description]) => ({
        ...{ name, in: 'header', description, required: false },
        schema: { type: 'string' },
      })),
    ],
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, 'input', schemas) } },
          },
        }
      : {}),
    responses: {
      ...(stream === 'ws'
        ? { 101: { description: 'Each message is one event.', ...contentOf(answer, schemas) } }
        : { [status]: { description: summary, ...contentOf(answer, schemas, stream) } }),
      default: {
        description: `A problem: ${Object.keys(PROBLEMS).join(', ')}.`,
        content: { 'application/problem+json': { schema: PROBLEM } },
      },
    },
  };
}

function contentOf(answer: Answer, schemas: Json, stream?: 'sse'): Json {
  if ('contentType' in answer) {
    const [type = ''] = answer.contentType.split(';');
    return { content: { [type]: { schema: { type: 'string' } } } };
  }
  return {
    content: { [stream ? 'text/event-stream' : 'application/json']: { schema: schemaOf(answer, 'output', schemas) } },
  };
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query', schemas: Json): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input', schemas) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    ...{ name, in: place, required: place === 'path' || required.includes(name) },
    ...(description === undefined ? {} : { description }),
    // What is coerced may come as anything; on the wire it is text that reads as a number.
    schema: Object.keys(rest).length > 0 ? rest : { type: 'string' },
  }));
}

/** @param schemas where those with a name go. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const {
    $schema: _,
    $defs = {},
    ...rest
  } = z.toJSONSchema(schema, { io, unrepresentable: 'any', metadata: NAMED }) as Json;
  for (const [name, one] of Object.entries($defs as Json)) schemas[name] = published(one);
  const id = NAMED.get(schema)?.id;
  if (id === undefined) return published(rest) as Json;
  // One that is a reference to itself is among the others already.
  if (!('$ref' in rest)) schemas[id] = published(rest);
  return { $ref: `#/components/schemas/${id}` };
}

/** With references to where the document has them. */
function published(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(published);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, one]) => key !== 'id' || typeof one !== 'string');
  return Object.fromEntries(
    entries.map(([key, one]) => [
      key,
      key === '$ref' && typeof one === 'string' ? one.replace('#/$defs/', '#/components/schemas/') : published(one),
    ])
  );
}

/** `getTunesByIdExperiments`. */
function operationIdOf(method: string, path: string): string {
  const parts = path.replace(/^\/api\/v1/, '').split(/[/.-]/);
  const name = parts
    .filter(Boolean)
    .map((part) => (part.startsWith(':') ? `By${capital(part.slice(1))}` : capital(part)))
    .join('');
  return method.toLowerCase() + name;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
