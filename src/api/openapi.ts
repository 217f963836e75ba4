/** The API as OpenAPI 3.1, from the same descriptions that its routes are made of. */
import { z } from 'zod';
import { problemSchema } from '../contracts/http/common.js';
import { packageVersion } from '../platform/environment.js';
import type { Answer, Endpoint } from './endpoint.js';
import { PROBLEMS } from './problem.js';

type Json = Record<string, unknown>;

const PROBLEM = { $ref: '#/components/schemas/Problem' };

const DESCRIPTION = `Tunes of LLM inference servers: started, watched, steered, and what they have found.

Errors are problems (RFC 9457). Lists have \`items\` and \`next\`; give \`next\` as \`cursor\` for the next page. Without tokens the server is for
loopback alone; with them, reading needs a read token and writing a write token: \`Authorization: Bearer TOKEN\`.`;

export function openApiOf(endpoints: readonly Endpoint[]): Json {
  const paths: Record<string, Json> = {};
  for (const one of endpoints) {
    const path = one.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: operationOf(one) };
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
      schemas: { Problem: schemaOf(problemSchema, 'output') },
    },
  };
}

function operationOf(one: Endpoint): Json {
  const { method, path, access, tag, summary, status = 200, body, answer, stream } = one;
  return {
    operationId: operationIdOf(method, path),
    summary,
    tags: [tag],
    ...(access === 'open' ? { security: [] } : { security: [{}, { token: [] }] }),
    'x-access': access,
    parameters: [
      ...parametersOf(one.params, 'path'),
      ...parametersOf(one.query, 'query'),
      ...Object.entries(one.headers ?? {}).map(([name, description]) => ({
        ...{ name, in: 'header', description, required: false },
        schema: { type: 'string' },
      })),
    ],
    ...(body
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } }
      : {}),
    responses: {
      ...(stream === 'ws'
        ? { 101: { description: 'Each message is one event.', ...contentOf(answer) } }
        : { [status]: { description: summary, ...contentOf(answer, stream) } }),
      default: {
        description: `A problem: ${Object.keys(PROBLEMS).join(', ')}.`,
        content: { 'application/problem+json': { schema: PROBLEM } },
      },
    },
  };
}

function contentOf(answer: Answer, stream?: 'sse'): Json {
  if ('contentType' in answer) {
    const [type = ''] = answer.contentType.split(';');
    return { content: { [type]: { schema: { type: 'string' } } } };
  }
  return { content: { [stream ? 'text/event-stream' : 'application/json']: { schema: schemaOf(answer, 'output') } } };
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
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

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
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
