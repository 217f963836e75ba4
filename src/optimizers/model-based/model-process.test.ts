import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { optimizerCommand } from '../../platform/environment.js';
import type { Question } from './model.js';
import { ModelProcess, type ModelProcessOptions } from './model-process.js';

const real = { ...optimizerCommand(), answerWithinMs: 60_000 };
const open: ModelProcess[] = [];
afterEach(() => open.splice(0).forEach((model) => model.close()));

function started(options: Partial<ModelProcessOptions> = {}): ModelProcess {
  const model = new ModelProcess({ ...real, ...options });
  open.push(model);
  return model;
}
/** A stand-in that runs this for each line that it is sent. */
const scripted = (code: string, answerWithinMs = 60_000): ModelProcess =>
  started({
    command: [
      process.execPath,
      '-e',
      `require('readline').createInterface({input: process.stdin}).on('line', (line) => { const id = JSON.parse(line).id; ${code} })`,
    ],
    answerWithinMs,
  });

function question(observed: number, more: Partial<Question> = {}): Question {
  const points = Array.from({ length: 60 }, (_, i) => [Math.floor(i / 12), Math.floor(i / 3) % 4, i % 3]);
  const observations = points.filter((_, i) => i % 7 === 3).slice(0, observed);
  return {
    strategy: 'bayesian',
    axes: [
      { kind: 'range', size: 5 },
      { kind: 'numbers', size: 4, values: [1, 4, 16, 64] },
      { kind: 'categories', size: 3 },
    ],
    observations: observations.map((point, i) => ({
      point,
      scores: i % 3 === 2 ? null : [1 + ((i * 37) % 11)],
      violation: i % 4 === 1 ? 0.2 : 0,
    })),
    pending: [[4, 3, 2]],
    candidates: points.filter((point) => !observations.includes(point) && point.join() !== '4,3,2'),
    count: 2,
    seed: 11,
    ...more,
  };
}
const QUESTIONS = (['bayesian', 'tpe', 'nsga2'] as const).map((strategy) => question(8, { strategy }));
/** Kills the process; it may have ended already. */
function kill(pid: number | undefined): void {
  if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGKILL');
}
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

describe('the optimizer process', () => {
  it('answers alike in every process, and after a kill at any point', async () => {
    const [steady, killed] = [started(), started()];
    for (const asked of QUESTIONS) {
      const expected = await steady.ask(asked);
      expect(expected.points).toHaveLength(2);
      expect(await killed.ask(asked)).toEqual(expected);
      // Between two questions,
      const first = killed.pid;
      kill(first);
      await until(() => killed.pid === undefined);
      const answer = killed.ask(asked);
      // and while the next one starts or thinks.
      await until(() => killed.pid !== undefined);
      kill(killed.pid);
      expect(await answer).toEqual(expected);
      expect(killed.pid).not.toBe(first);
    }
  }, 300_000);

  it('keeps one process for all questions, asked at once or one by one', async () => {
    const model = started();
    const first = await model.ask(question(3));
    const { pid } = model;
    expect(await Promise.all([model.ask(question(3)), model.ask(question(3))])).toEqual([first, first]);
    expect(model.pid).toBe(pid);
  }, 60_000);

  it('is replaced when it hangs or dies, twice, and then said to be at fault', async () => {
    await expect(scripted('', 200).ask(question(0))).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'the optimizer gave no answer within 0.2 s',
    });
    await expect(scripted(`console.error('out of luck'); process.exit(3)`).ask(question(0))).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'the optimizer ended (3)',
      evidence: ['out of luck'],
    });
    await expect(started({ command: ['/nowhere/python'] }).ask(question(0))).rejects.toMatchObject({
      code: 'INTERNAL',
    });
  });

  it.each([
    ['no JSON', `console.log('Traceback')`],
    ['something else', `console.log('{"id": 1, "points": [["x"]], "expected_improvement": null, "leaders": []}')`],
    ['no points', `console.log('{"id": 1}')`],
    [
      'the answer to another question',
      `console.log(JSON.stringify({id: id + 1, points: [], expected_improvement: null, leaders: []}))`,
    ],
    ['an error', `console.log(JSON.stringify({id, error: 'no such strategy'}))`],
  ])('says so when it answers with %s', async (_, code) => {
    await expect(scripted(code).ask(question(0))).rejects.toMatchObject({ code: 'OPTIMIZER_FAILED' });
  });

  it('says what to do where it is not installed', async () => {
    await expect(started({ command: null }).ask(question(0))).rejects.toThrow(
      /not on this machine.*scripts\/setup\.mjs/
    );
  });

  it('ends with whoever started it, even by kill -9', async () => {
    const [file = '', ...args] = real.command ?? [];
    const code = `
      const child = require('child_process').spawn(${JSON.stringify(file)}, ${JSON.stringify(args)},
        {cwd: ${JSON.stringify(real.cwd)}, env: ${JSON.stringify(real.env)}, stdio: ['pipe', 'ignore', 'ignore']});
      console.log(child.pid); setInterval(() => undefined, 1000);`;
    const parent = execa(process.execPath, ['-e', code], { reject: false, buffer: false });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(pid));
    await parent;
  }, 60_000);

  it('ends when it is closed', async () => {
    const model = started();
    await model.ask(question(0));
    const pid = model.pid as number;
    model.close();
    await until(() => !isAlive(pid));
  }, 60_000);
});
