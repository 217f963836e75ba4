/** Every view before made-up answers: in both colours and two sizes, readable by everybody, while it changes and when it is large. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import {
  expectAccessible,
  expectFits,
  launchBrowser,
  layoutShift,
  openPage,
  record,
  type Scheme,
} from './support/browser.js';
import { startFixture, type Fixture } from './support/fixture-server.js';

const TUNE = '/tunes/llama-70b-chat';
/** Each view with what shows that it is there. */
const VIEWS: readonly (readonly [string, string, (page: Page) => Promise<unknown>])[] = [
  ['tunes', '/', (page) => page.getByRole('link', { name: 'llama-70b-chat' }).waitFor()],
  ['tune', TUNE, (page) => page.getByText('Against the baseline').waitFor()],
  [
    'experiments',
    `${TUNE}/experiments`,
    (page) => page.getByRole('link', { name: 'Experiment 3', exact: true }).waitFor(),
  ],
  ['charts', `${TUNE}/charts`, (page) => page.locator('canvas').first().waitFor()],
  ['result', `${TUNE}/result`, (page) => page.getByRole('heading', { name: 'Verdict' }).waitFor()],
  ['experiment', `${TUNE}/experiments/3`, (page) => page.getByRole('heading', { name: 'Measurements' }).waitFor()],
  ['new-task', '/new', (page) => page.getByText('valid', { exact: true }).waitFor()],
  ['schedules', '/schedules', (page) => page.getByText('0 3 * * *').waitFor()],
  ['history', '/history', (page) => page.getByText('Noise of the hosts').waitFor()],
  ['compare', '/history/compare?runs=a,b', (page) => page.getByText('Parameters of the best').first().waitFor()],
  ['trend', '/history/trends/llama-70b-chat', (page) => page.locator('canvas').waitFor()],
  ['history-entry', '/history/run-0', (page) => page.getByRole('heading', { name: 'Verdict' }).waitFor()],
];

let browser: Browser;
let over: Fixture;
let running: Fixture;
beforeAll(async () => {
  browser = await launchBrowser();
  [over, running] = await Promise.all([startFixture(), startFixture({ running: true })]);
});
afterAll(async () => {
  await browser?.close();
  over?.close();
  running?.close();
});

describe.each(['light', 'dark'] as const)('in %s', (scheme: Scheme) => {
  it.each(VIEWS)('%s is readable by everybody', async (name, path, isThere) => {
    const { page, complaints } = await openPage(browser, over.url, { scheme });
    await page.goto(path);
    await isThere(page);
    await expectAccessible(page);
    await expectFits(page);
    if (scheme === 'light' || name === 'tune') await record(page, scheme === 'light' ? name : `${name}-dark`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

it.each(VIEWS)('%s fits on a phone', async (name, path, isThere) => {
  const { page } = await openPage(browser, over.url, { size: 'phone' });
  await page.goto(path);
  await isThere(page);
  await expectFits(page);
  if (name === 'tune') await record(page, 'tune-phone');
  await page.context().close();
});

it('shows each change of a running tune at once, and nothing moves', async () => {
  const { page } = await openPage(browser, running.url);
  await page.goto(TUNE);
  await page.getByText('11 of 40').first().waitFor();
  await page.getByText('[11] tp_size').first().waitFor();
  await page.waitForTimeout(300);
  const before = await layoutShift(page);
  for (let done = 13; done <= 20; done++) {
    running.change({ done });
    await page
      .getByText(`${done - 1} of 40`)
      .first()
      .waitFor();
  }
  // The list is read again every two seconds.
  await page.getByText('[19] tp_size').first().waitFor();
  expect((await layoutShift(page)) - before).toBeLessThan(0.01);
  await record(page, 'tune-live');
  await page.context().close();
});

it('goes on where it was when the connection breaks', async () => {
  const { page } = await openPage(browser, running.url);
  await page.goto(TUNE);
  await page.getByText('live', { exact: true }).waitFor();
  for (let i = 0; i < 5; i++) {
    running.cut();
    running.change({ done: 21 + i });
    await page
      .getByText(`${20 + i} of 40`)
      .first()
      .waitFor();
  }
  await page.getByText('live', { exact: true }).waitFor();
  await page.context().close();
});

it('shows ten thousand experiments', async () => {
  const large = await startFixture({ experiments: 10_000 });
  const { page, complaints } = await openPage(browser, large.url);
  await page.goto(`${TUNE}/experiments`);
  await page.getByRole('link', { name: 'Experiment 150' }).waitFor();
  await page.getByRole('columnheader', { name: 'No.' }).getByRole('button').click();
  await page.getByRole('link', { name: 'Experiment 10000' }).waitFor();
  await page.goto(`${TUNE}/charts`);
  await page.locator('canvas').first().waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
  large.close();
});

it('takes back that no worker is there as soon as one is', async () => {
  const { page } = await openPage(browser, over.url);
  over.setWorkers(false);
  await page.goto('/');
  const complaint = page.getByText('no worker is there');
  await complaint.waitFor();
  over.setWorkers(true);
  await complaint.waitFor({ state: 'detached', timeout: 10_000 });
  await page.context().close();
});

it('says beside the client’s numbers what the engine said meanwhile', async () => {
  const { page } = await openPage(browser, over.url);
  await page.goto(`${TUNE}/experiments/3`);
  const said = page.getByRole('region', { name: 'The engine’s own numbers by load' });
  await said.getByRole('columnheader', { name: 'KV cache' }).waitFor();
  // Four loads, each with the baseline's.
  expect(await said.locator('tbody tr').count()).toBe(8);
  await said.scrollIntoViewIfNeeded();
  await record(page, 'experiment-engine');
  await page.context().close();
});

it('shows why an experiment failed and what to do', async () => {
  const { page } = await openPage(browser, over.url);
  await page.goto(`${TUNE}/experiments`);
  await page.getByRole('link', { name: 'Experiment 3', exact: true }).waitFor();
  await page.getByRole('link', { name: 'Experiment 20', exact: true }).click();
  await page.getByText('Next:').waitFor();
  await expectAccessible(page);
  await record(page, 'experiment-failed');
  await page.context().close();
});

it('draws every chart, each with its words', async () => {
  const { page, complaints } = await openPage(browser, over.url);
  await page.goto(`${TUNE}/charts`);
  for (const id of [
    'baseline',
    'history',
    'throughput-1',
    'concurrency-1',
    'importance',
    'parallel',
    'slice-1',
    'time',
  ]) {
    const chart = page.locator(`[data-chart="${id}"]`);
    await chart.scrollIntoViewIfNeeded();
    await chart.locator('canvas').first().waitFor();
    expect((await chart.locator('figcaption').innerText()).length).toBeGreaterThan(40);
    if (id === 'throughput-1') await record(page, 'charts-loads');
    if (id === 'parallel') await record(page, 'charts-parameters');
  }
  await expectAccessible(page);
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('asks for a token', async () => {
  const { page } = await openPage(browser, over.url);
  await page.route('**/api/v1/**', (route) => route.fulfill({ status: 401, json: { title: 'a token is needed' } }));
  await page.goto('/');
  await page.getByLabel('Token', { exact: true }).waitFor();
  await expectAccessible(page);
  await record(page, 'token');
  await page.context().close();
});

it('can be used with the keyboard alone', async () => {
  const { page } = await openPage(browser, over.url);
  await page.goto('/');
  await page.getByRole('link', { name: 'llama-70b-chat' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await page.getByRole('link', { name: 'llama-70b-chat' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Experiments', exact: true }).press('Enter');
  const heading = page.getByRole('columnheader', { name: 'ttft p95' });
  await heading.getByRole('button').press('Enter');
  await page.locator('th[aria-sort="ascending"]', { hasText: 'ttft' }).waitFor();
  await page.context().close();
});

it('keeps the colours that were chosen', async () => {
  const { page } = await openPage(browser, over.url);
  await page.goto('/');
  await page.getByRole('button', { name: 'dark' }).click();
  await page.reload();
  expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
  await page.context().close();
});
