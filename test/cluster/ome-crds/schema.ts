/** Structural schemas in few words. A field that is not listed is unknown, and refused by strict validation. */

export type Schema = Readonly<Record<string, unknown>>;

export const text: Schema = { type: 'string' };
export const number: Schema = { type: 'integer' };
export const flag: Schema = { type: 'boolean' };
/** A quantity, a port by name or number. */
export const either: Schema = { 'x-kubernetes-int-or-string': true };
/** Any fields at all: for what we neither write nor read. */
export const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export function oneOf(...values: string[]): Schema {
  return { type: 'string', enum: values };
}

export function object(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
}

export function list(items: Schema): Schema {
  return { type: 'array', items };
}

export function map(values: Schema): Schema {
  return { type: 'object', additionalProperties: values };
}

/** The same schema for several fields. */
export function all<Name extends string>(schema: Schema, ...names: Name[]): Record<Name, Schema> {
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>;
}
