#!/usr/bin/env node
import { Command } from 'commander';
import { ExitCode } from './exit-codes.js';
import { planCommand } from './plan.js';
import { runCommand } from './run.js';
import { validateCommand } from './validate.js';

const program = new Command('autotuner')
  .description('Finds the best configuration of an LLM inference server, durably.')
  .showHelpAfterError('(run with --help for the options)')
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? ExitCode.ok : ExitCode.usage);
  })
  .addCommand(validateCommand())
  .addCommand(planCommand())
  .addCommand(runCommand());

await program.parseAsync();
