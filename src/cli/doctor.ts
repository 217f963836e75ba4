import { Command } from 'commander';
import pc from 'picocolors';
import { examine, type Finding } from './lib/examinations.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';

/** `autotuner doctor`: what this machine has and what it lacks. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check this machine: tools, model, folders, disk, accelerators, Temporal, search attributes, workers.')
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      '\nExit code 9 when something that every tune needs is missing.\n\nExample:\n  autotuner doctor'
    )
    .action(
      command(async ({ json }: { json: boolean }) => {
        const findings = await examine();
        if (json) console.log(JSON.stringify(findings, null, 2));
        else for (const finding of findings) console.log(describeFinding(finding));
        return findings.some(({ state }) => state === 'missing') ? ExitCode.unhealthy : ExitCode.ok;
      })
    );
}

function describeFinding({ state, what, found, advice }: Finding): string {
  const mark = { ok: pc.green('ok     '), warning: pc.yellow('warning'), missing: pc.red('missing') }[state];
  return `${mark}  ${what.padEnd(18)} ${found}${state === 'ok' ? '' : `\n${' '.repeat(28)}${advice}`}`;
}
