/** The whole way of a person, with the real engine and the real load generator of this machine. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { findFreePort } from '../../src/platform/ports.js';
import { World } from '../support/world.js';
import { launchBrowser, openPage, record } from './support/browser.js';

let world: World;
let browser: Browser;
let base: string;
beforeAll(async () => {
  // The tools and the model that the set-up has installed, not the stubs.
  const variables = { AUTOTUNER_MODELS_DIR: resolve('.cache', 'models'), GENAI_BENCH_PATH: undefined };
  [world, browser] = await Promise.all([World.create(variables), launchBrowser()]);
  const api = await findFreePort(new Set([world.port, world.uiPort]), randomInt(10_000));
  base = `http://127.0.0.1:${api}`;
  const ports = ['--port', `${world.port}`, '--ui-port', `${world.uiPort}`, '--api-port', `${api}`];
  await world.start(['dev', ...ports], 'Ctrl-C');
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

it('describes a task in the form, watches it, pauses and resumes it, reads the verdict and takes the manifest', async () => {
  const { page, complaints } = await openPage(browser, base);
  await page.goto('/new');
  const fill = (label: string, value: string): Promise<void> => page.getByLabel(label, { exact: true }).fill(value);
  await page.getByLabel('Name (needed)').first().fill('in-the-browser');
  await page.getByLabel('Engine').selectOption('llama.cpp');
  await page.getByLabel('Backend').selectOption('process');
  await page.getByLabel('Model (needed)').fill('smollm2-135m-instruct');
  await fill('Values of threads', '2');
  await page.getByRole('button', { name: 'Remove parallel' }).click();
  await fill('Traffic', 'D(64,8)');
  await fill('Requests at once', '2');
  await fill('Requests per load', '4');
  await fill('Finalists', '1');
  await page.getByText('All other settings').click();
  await page.getByLabel('rounds: min').fill('2');
  await page.getByLabel('rounds: max').fill('2');
  await page.getByText('valid', { exact: true }).waitFor();
  await page.getByText('1, of which the constraints prune 0').waitFor();
  await page.getByRole('button', { name: 'Start the tune' }).click();

  await page.getByRole('heading', { name: 'in-the-browser' }).waitFor();
  const status = (words: string): Promise<void> =>
    page.locator('h1 ~ .badge', { hasText: words }).waitFor({ timeout: 900_000 });
  await page.locator('.steps .now', { hasText: 'benchmark' }).waitFor({ timeout: 240_000 });
  await record(page, 'local-engine');
  await page.getByRole('button', { name: 'Pause' }).click();
  await status('paused');
  await page.getByText('nothing is started until it is resumed').waitFor({ timeout: 240_000 });
  await page.getByRole('button', { name: 'Resume' }).click();
  await status('completed');

  await page.getByRole('link', { name: 'Result', exact: true }).click();
  await page
    .getByText(/better than the baseline|No significant gain|worse than the baseline/)
    .first()
    .waitFor();
  await page.getByRole('group', { name: 'How to run it' }).waitFor();
  await page.getByRole('group', { name: 'How to run it' }).getByRole('button', { name: /OME/ }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /^Download/ }).click(),
  ]);
  expect(await readFile(await download.path(), 'utf8')).toContain('kind: InferenceService');
  expect(complaints).toEqual([]);
}, 1_200_000);
