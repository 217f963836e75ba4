/** What every page of the application must keep to. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createRequire } from 'node:module';
import { expect } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

export { launchBrowser } from './chromium.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const SCREENSHOTS = resolve('docs', 'screenshots');
/** As large as a laptop shows, as small as a phone. */
export const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 360, height: 720 } } as const;
export type Scheme = 'light' | 'dark';

export interface OpenPage {
  readonly page: Page;
  /** What the page complained about: errors, refusals of the security policy, failed requests for its own files. */
  readonly complaints: string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  { scheme = 'light', size = 'wide' }: { scheme?: Scheme; size?: keyof typeof SIZES } = {}
): Promise<OpenPage> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: SIZES[size],
    colorScheme: scheme,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  // Ends what hangs; a busy machine takes half a minute for finals.
  page.setDefaultTimeout(90_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('request', (request) => {
    const isOwn =
      ['data:', 'blob:'].some((scheme_) => request.url().startsWith(scheme_)) || request.url().startsWith(url);
    if (!isOwn) complaints.push(`asks another server: ${request.url()}`);
  });
  return { page, complaints };
}

interface AxeResult {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/** No violation that axe calls serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  if ((await page.evaluate('typeof window.axe')) === 'undefined') {
    // Through the debugger: the page's security policy lets nobody add a script to it.
    await page.evaluate(await readAxe());
  }
  const violations = await page.evaluate<AxeResult[]>(
    'axe.run().then(({ violations }) => JSON.parse(JSON.stringify(violations)))'
  );
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(
    serious.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary})`)
          .join('; ')}`
    )
  ).toEqual([]);
}

let axe: Promise<string> | undefined;
function readAxe(): Promise<string> {
  axe ??= import('node:fs/promises').then(({ readFile }) => readFile(AXE, 'utf8'));
  return axe;
}

/** Nothing sticks out to the right. */
export async function expectFits(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
}

/** How much has moved by itself so far, as browsers count it (CLS): 0 is nothing. */
export async function layoutShift(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => done(sum), 100);
  })`);
}

/** For docs/screenshots, where RECORD_SCREENSHOTS is set. */
export async function record(page: Page, name: string): Promise<void> {
  if (!process.env['RECORD_SCREENSHOTS']) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
}
