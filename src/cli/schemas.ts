import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { jsonSchemas } from '../domain/task/json-schemas.js';
import { PROJECT_ROOT } from '../platform/environment.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';

/** `autotuner schemas`: writes the published JSON Schemas; for those who change them. */
export function schemasCommand(): Command {
  return new Command('schemas')
    .description(
      'Write the JSON Schemas of the task file and the results file, and the OpenAPI of the HTTP API, into a folder.'
    )
    .argument('[folder]', 'where to', join(PROJECT_ROOT, 'schemas'))
    .action(
      command(async (folder: string) => {
        // Loaded only here, since it brings Temporal's client along.
        const { apiDocument } = await import('../api/document.js');
        await mkdir(folder, { recursive: true });
        for (const [name, schema] of Object.entries({ ...jsonSchemas(), 'openapi.json': apiDocument() })) {
          await writeFile(join(folder, name), `${JSON.stringify(schema, null, 2)}\n`);
          console.log(join(folder, name));
        }
        return ExitCode.ok;
      })
    );
}
