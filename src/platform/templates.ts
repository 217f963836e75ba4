import { join } from 'node:path';
import nunjucks from 'nunjucks';
import { PROJECT_ROOT } from './environment.js';

/** Wraps every `{{ output }}` of a template so that it is written as JSON, whatever the template's author did or forgot. */
const jsonOutputs = {
  tags: [],
  parse: () => undefined,
  preprocess: (source: string) =>
    source.replace(/\{\{-?([\s\S]*?)-?\}\}/g, (_, expression: string) => `{{ (${expression}) | json }}`),
};

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(join(PROJECT_ROOT, 'templates')), {
  autoescape: false,
  throwOnUndefined: true,
});
environment.addFilter('json', (value: unknown) => JSON.stringify(value));
environment.addExtension('json-outputs', jsonOutputs);

/**
 * Renders a template in which every value is a JSON scalar, list or object, which is also what YAML takes: no value can change the
 * structure around it, and none is read as a template.
 * @param name below templates/, such as `engines/vllm.json.njk`.
 * @throws Error when the template names something that `values` lacks.
 */
export function render(name: string, values: object): string {
  return environment.render(name, values);
}
