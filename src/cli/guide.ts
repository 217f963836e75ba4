import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { GUIDE_ENGINES, guideMarkdown, guideOf, type GuideEngine } from '../domain/guide/index.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';

/** `autotuner guide [ENGINE]`: which parameters are worth tuning, and what they trade. */
export function guideCommand(): Command {
  return new Command('guide')
    .description('Show which parameters of an engine are worth tuning, what they trade, and where they crash.')
    .addArgument(new Argument('[engine]', 'the engine; default: all').choices(GUIDE_ENGINES))
    .option('--write <folder>', 'write one Markdown file per engine instead; for those who change the guide')
    .addHelpText('after', '\nExample:\n  autotuner guide vllm')
    .action(
      command(async (engine: GuideEngine | undefined, { write }: { write?: string }) => {
        for (const name of engine ? [engine] : GUIDE_ENGINES) {
          const guide = guideOf(name);
          if (!guide) continue;
          if (write === undefined) console.log(guideMarkdown(guide));
          else {
            const file = join(write, `${name}.md`);
            await mkdir(write, { recursive: true });
            await writeFile(file, guideMarkdown(guide));
            console.log(file);
          }
        }
        return ExitCode.ok;
      })
    );
}
