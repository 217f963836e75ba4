/** The application before the real API, a Temporal server, and workers with stub engines. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { World, type StubTask } from '../support/world.js';
import { expectAccessible, launchBrowser, openPage } from './support/browser.js';

let world: World;
let browser: Browser;
let base: string;
beforeAll(async () => {
  [world, browser] = await Promise.all([World.running(), launchBrowser()]);
  const { host, port } = await world.startApi();
  base = `http://${host}:${port}`;
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const DEPTHS: StubTask['parameters'] = { depth: { type: 'choice', values: [1, 2, 3, 4] } };

/** Puts a task of the stubs into the editor, and waits until the server calls it valid. */
async function write(page: Page, name: string, task: StubTask): Promise<void> {
  const text = await readFile(await world.task(name, task), 'utf8');
  await page.goto('/new');
  await page.getByLabel('The task as YAML').fill(text);
  await page.getByText('valid', { exact: true }).waitFor();
}

async function start(page: Page, name: string, task: StubTask = {}): Promise<void> {
  await write(page, name, task);
  await page.getByRole('button', { name: 'Start the tune' }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}

const status = (page: Page, words: string): Promise<void> => page.locator('h1 ~ .badge', { hasText: words }).waitFor();

async function fresh(test: (page: Page) => Promise<void>): Promise<void> {
  const { page, complaints } = await openPage(browser, base);
  await test(page);
  // What the server refuses on purpose is also in the console.
  expect(complaints.filter((line) => !/Failed to load resource/.test(line))).toEqual([]);
  await page.context().close();
}

describe('a new task', () => {
  it('is the same in the form and as text, and each changes the other', () =>
    fresh(async (page) => {
      await page.goto('/new');
      const text = page.getByLabel('The task as YAML');
      await page.getByLabel('Name (needed)').first().fill('from-the-form');
      expect(await text.inputValue()).toContain('task_name: from-the-form');
      await page.getByLabel('Values of threads').fill('1, 2, 8');
      expect(await text.inputValue()).toContain('[ 1, 2, 8 ]');
      expect(await text.inputValue()).toContain('# Everything that is not given');
      await text.fill((await text.inputValue()).replace('from-the-form', 'from-the-text'));
      await page.waitForTimeout(50);
      expect(await page.getByLabel('Name (needed)').first().inputValue()).toBe('from-the-text');
      await page.getByText('valid', { exact: true }).waitFor();
    }));

  it('says at which line something is wrong, and cannot be started then', () =>
    fresh(async (page) => {
      await page.goto('/new');
      await page.getByLabel('Experiments', { exact: true }).fill('0');
      await page.getByText('1 thing is wrong').waitFor();
      await page.getByRole('button', { name: /line \d+ optimization.max_iterations/ }).waitFor();
      expect(await page.getByRole('button', { name: 'Start the tune' }).isDisabled()).toBe(true);
      await page.getByLabel('The task as YAML').fill('task_name: [');
      await page.getByText('is no YAML at the moment').waitFor();
    }));

  it('takes presets of the guide, and shows what it would do', () =>
    fresh(async (page) => {
      await page.goto('/new');
      await page
        .getByRole('button', { name: /^Use the preset/ })
        .first()
        .click();
      await page.getByText('valid', { exact: true }).waitFor();
      await page.getByText('if every experiment uses up its time limits').waitFor();
      await expectAccessible(page);
    }));
});

describe('a tune', () => {
  it('is watched from its start to its result', () =>
    fresh(async (page) => {
      await start(page, 'whole', { parameters: DEPTHS, baseline: true, verification: { finalists: 0 } });
      await status(page, 'completed');
      await page.getByText('4 of 4').first().waitFor();
      await expectAccessible(page);

      await page.getByRole('link', { name: 'Experiments', exact: true }).click();
      await page.getByRole('link', { name: 'Experiment 4', exact: true }).waitFor();
      await page.getByLabel('Search experiments').fill('depth=3');
      await page.getByRole('link', { name: 'Experiment 4', exact: true }).waitFor({ state: 'detached' });
      expect(await page.locator('tbody tr').count()).toBe(1);
      await page.locator('tbody tr').click();
      await page.getByRole('heading', { name: 'Measurements' }).waitFor();
      await page.getByRole('button', { name: /^engine/ }).click();
      await page.locator('pre', { hasText: 'listening' }).waitFor();
      await expectAccessible(page);

      await page.goto('/tunes/whole/charts');
      await page.locator('canvas').first().waitFor();
      await page.goto('/tunes/whole/result');
      await page.getByRole('heading', { name: 'Verdict' }).waitFor();
      await expectAccessible(page);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Results (JSON)' }).click(),
      ]);
      const saved = JSON.parse(await readFile(await download.path(), 'utf8')) as { task_name: string };
      expect(saved.task_name).toBe('whole');
    }));

  it('is paused, resumed, extended and stopped', () =>
    fresh(async (page) => {
      await start(page, 'steered', { parameters: DEPTHS, optimization: { max_iterations: 3 }, stub: { seconds: 2 } });
      await page.getByRole('button', { name: 'Pause' }).click();
      await status(page, 'paused');
      await page.getByRole('button', { name: 'Resume' }).click();
      await status(page, 'running');
      await page.getByRole('button', { name: 'Extend' }).click();
      await page.getByLabel('How many more').fill('1');
      await page.getByRole('dialog').getByRole('button', { name: 'Extend' }).click();
      await page.getByText(/of 4$/).first().waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByRole('button', { name: 'Stop it' }).click();
      await status(page, 'completed');
    }));

  it('is cancelled only when one says so twice', () =>
    fresh(async (page) => {
      await start(page, 'cancelled', { stub: { seconds: 20 } });
      await page.getByRole('button', { name: 'Cancel', exact: true }).click();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await status(page, 'running');
      await page.getByRole('button', { name: 'Cancel', exact: true }).click();
      await page.getByRole('button', { name: 'Cancel the tune' }).click();
      await status(page, 'cancelled');
    }));

  it('shows why experiments failed and what to do, and runs them again', () =>
    fresh(async (page) => {
      const file = join(world.dir, 'mended');
      await start(page, 'failing', {
        engine: ['--breaks', '2', '--until', file, '--stderr', 'CUDA error: out of luck'],
      });
      await status(page, 'completed');
      await page.goto('/tunes/failing/experiments?');
      await page.getByLabel('Status', { exact: true }).selectOption('failed');
      await page.getByRole('row', { name: /failed/ }).click();
      await page.getByText('Next:').waitFor();
      await page.locator('pre').getByText('out of luck').waitFor();
      await expectAccessible(page);
      await writeFile(file, '');
      await page.goto('/tunes/failing');
      await page.getByRole('button', { name: 'Retry failed' }).click();
      await page.getByRole('button', { name: 'Run them again' }).click();
      await page.getByText('2 of 2').first().waitFor();
      await status(page, 'completed');
    }));

  it('is found in the list', () =>
    fresh(async (page) => {
      await page.goto('/');
      await page.getByRole('link', { name: 'whole' }).waitFor();
      await page.getByLabel('Search tunes').fill('cancel');
      await page.getByRole('link', { name: 'whole' }).waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'cancelled' }).waitFor();
      await expectAccessible(page);
    }));
});

it('keeps finished tunes in the history, compares two of them, and shows a task over time', () =>
  fresh(async (page) => {
    await world.until(
      async () => (await (await fetch(`${base}/api/v1/history`)).text()).includes('"whole"'),
      'the finished tune is in the history'
    );
    await page.goto('/history');
    const row = (name: string): ReturnType<Page['getByRole']> =>
      page.getByRole('row', { name: new RegExp(name) }).first();
    await row('whole').getByRole('checkbox').check();
    await row('failing').getByRole('checkbox').check();
    await expectAccessible(page);
    await page.getByRole('button', { name: /^Compare/ }).click();
    await page.getByRole('heading', { name: 'Parameters of the best' }).waitFor();
    await page.goBack();
    await row('whole').getByRole('link', { name: 'whole', exact: true }).click();
    await page.getByRole('heading', { name: 'Verdict' }).waitFor();
    await page.locator('canvas').first().waitFor();
    await page.getByRole('link', { name: 'over time' }).click();
    await page.getByText('What changed').waitFor();
    await expectAccessible(page);
  }));

it('schedules a task, pauses and deletes the schedule', () =>
  fresh(async (page) => {
    await write(page, 'nightly', {});
    await page.getByRole('button', { name: 'Schedule' }).click();
    await page.getByLabel('When', { exact: true }).fill('0 4 * * *');
    await page.getByRole('button', { name: 'Schedule it' }).click();
    const schedule = page.getByRole('region', { name: 'Schedule nightly' });
    await schedule.getByText('active').waitFor();
    await expectAccessible(page);
    await schedule.getByRole('button', { name: 'Pause' }).click();
    await schedule.getByText('paused').waitFor();
    await schedule.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await schedule.waitFor({ state: 'detached' });
  }));

it('says what is not there', () =>
  fresh(async (page) => {
    await page.goto('/tunes/nobody');
    await page.getByText('There is no such tune.').waitFor();
    await page.goto('/nowhere');
    await page.getByText('This address shows nothing.').waitFor();
  }));

it('asks for a token where one is needed, and lets a reader read', async () => {
  const file = join(world.dir, 'tokens');
  await writeFile(file, 'read read-read-read-read\nwrite write-write-write-write\n', { mode: 0o600 });
  const { host, port } = await world.startApi({ AUTOTUNER_API_TOKENS_FILE: file });
  const { page } = await openPage(browser, `http://${host}:${port}`);
  await page.goto('/');
  await page.getByLabel('Token', { exact: true }).fill('wrong-wrong-wrong-wrong');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('was not accepted').waitFor();
  await expectAccessible(page);
  await page.getByLabel('Token', { exact: true }).fill('read-read-read-read');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('link', { name: 'whole' }).waitFor();
  await page.getByText('read only').waitFor();
  await page.goto('/new');
  await page.getByText('valid', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Start the tune' }).isDisabled()).toBe(true);
  expect(page.url()).not.toContain('read-read');
  await page.context().close();
});
