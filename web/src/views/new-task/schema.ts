/** The task's JSON Schema, as far as a form needs it. */
import type { Path } from './source.js';

export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The schema of a field; of alternatives the object's, where there is one. */
export function schemaAt(schema: Schema, path: Path): Schema | undefined {
  return path.reduce<Schema | undefined>((at, key) => at && step(at, key), schema);
}

function step(schema: Schema, key: string | number): Schema | undefined {
  if (typeof key === 'number') return schema.items;
  const own = schema.properties?.[key];
  if (own) return own;
  for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) {
    const found = step(one, key);
    if (found) return found;
  }
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

export type Kind = 'choice' | 'switch' | 'integer' | 'number' | 'text' | 'list' | 'record' | 'object' | 'any';

/** How a field is shown. */
export function kindOf(schema: Schema): Kind {
  if (schema.enum) return 'choice';
  switch (schema.type) {
    case 'boolean':
      return 'switch';
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'string':
      return 'text';
    case 'array':
      return ['string', 'integer', 'number'].includes(schema.items?.type ?? '') ? 'list' : 'any';
    case 'object':
      return schema.properties ? 'object' : 'record';
    default:
      return 'any';
  }
}

/** Every field below a schema that is shown by itself, in order. */
export function fieldsBelow(schema: Schema, path: Path = []): Path[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, below]) => {
    const here = [...path, name];
    return kindOf(below) === 'object' ? fieldsBelow(below, here) : [here];
  });
}
