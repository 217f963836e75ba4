import { Command } from 'commander';
import type { Tune } from '../client/index.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { wholeNumber } from './lib/options.js';
import { withTunes } from './lib/with-tunes.js';

interface Steering {
  readonly name: string;
  readonly description: string;
  readonly act: (tune: Tune) => Promise<string>;
}

const STEERINGS: readonly Steering[] = [
  {
    name: 'pause',
    description: 'Start no further experiment; the running ones end normally.',
    act: (tune) => tune.pause(),
  },
  { name: 'resume', description: 'Go on after a pause.', act: (tune) => tune.resume() },
  { name: 'stop', description: 'Finish now, with the best so far.', act: (tune) => tune.stop() },
  {
    name: 'cancel',
    description: 'End a tune without an answer; engines are taken down first, and what was measured is kept.',
    act: async (tune) => {
      await tune.cancel();
      return 'cancelling: its engines are taken down first';
    },
  },
];

/** `autotuner pause|resume|stop|cancel|extend TASK`: what a running tune can be told. */
export function steerCommands(): Command[] {
  const simple = STEERINGS.map(({ name, description, act }) =>
    new Command(name)
      .description(description)
      .argument('<task>', 'task name or workflow id')
      .addHelpText('after', `\nExample:\n  autotuner ${name} my-task`)
      .action(command((task: string) => steer(task, act)))
  );
  const extend = new Command('extend')
    .description('Allow a running tune more experiments.')
    .argument('<task>', 'task name or workflow id')
    .argument('<experiments>', 'how many more', wholeNumber)
    .addHelpText('after', '\nExample:\n  autotuner extend my-task 10')
    .action(command((task: string, more: number) => steer(task, (tune) => tune.extend(more))));
  return [...simple, extend];
}

function steer(task: string, act: (tune: Tune) => Promise<string>): Promise<number> {
  return withTunes(async (tunes) => {
    console.log(await act(await tunes.find(task)));
    return ExitCode.ok;
  });
}
