import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { jsonSchemas } from './json-schemas.js';
import { parseTask } from './parse-task.js';

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const validateTask = new Ajv2020({ allErrors: true }).compile(read('schemas/task.schema.json') as object);
const EXAMPLES = ['simple_task', 'larger_task', 'local_task', 'local_slo_task'].map((name) => `examples/${name}.json`);

describe('the published JSON Schemas', () => {
  it.each(Object.entries(jsonSchemas()))('%s is what the code checks (npm run schemas)', (name, schema) => {
    expect(read(`schemas/${name}`)).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it.each(EXAMPLES)('accept %s', (path) => {
    expect(validateTask(read(path))).toBe(true);
  });

  it.each([
    ['an unknown key', { optimisation: {} }],
    ['an unknown strategy', { optimization: { strategy: 'guess' } }],
    ['a wrong type', { benchmark: { model_name: 'm', num_concurrency: '4' } }],
    ['a name with metacharacters', { task_name: 'x; reboot' }],
    ['a parameter of an unknown kind', { parameters: { x: { type: 'range', values: [1] } } }],
  ])('refuse, like the code, %s', (_, change) => {
    const task = { ...(read(EXAMPLES[0] ?? '') as object), ...change };
    expect(validateTask(task)).toBe(false);
    expect(parseTask(task)).toHaveProperty('issues');
  });
});
