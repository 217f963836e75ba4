/** How soon the first chart of a large tune is there, and whether the page can be used then. */
import { startFixture } from '../../test/web/support/fixture-server.ts';

/** @returns medians of five, from the navigation on; how long the API takes to make what is drawn, once, and how much that is. */
export async function measureCharts(browser, experiments) {
  const fixture = await startFixture({ experiments });
  // What it takes to make the tune up is not the application's.
  await (await fetch(`${fixture.url}/api/v1/tunes/x`)).arrayBuffer();
  const asked = performance.now();
  const bytes = (await (await fetch(`${fixture.url}/api/v1/tunes/x/columns`)).arrayBuffer()).byteLength;
  const madeMs = performance.now() - asked;
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const times = [];
  const answers = [];
  for (let i = 0; i < 5; i++) {
    await page.goto('about:blank');
    const start = performance.now();
    await page.goto(`${fixture.url}/tunes/llama-70b-chat/charts`, { waitUntil: 'commit' });
    await page.locator('canvas').first().waitFor();
    times.push(performance.now() - start);
    const clicked = performance.now();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByText('Against the baseline').waitFor();
    answers.push(performance.now() - clicked);
  }
  await page.close();
  fixture.close();
  return { firstMs: median(times), answersMs: median(answers), madeMs, bytes };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
