import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { resultsOf } from '../../test/support/results.js';
import { taskOf } from '../../test/support/tasks.js';
import { tunedResults } from '../../test/support/tuned.js';
import { htmlReport, markdownReport, markdownWithPictures, REPORT_CSP } from './index.js';

const COSTED = {
  cost: { accelerators: 2, price_per_accelerator_hour: 3, currency: 'EUR' },
  benchmark: { traffic_scenarios: ['D(200,16)'], num_concurrency: [1, 4] },
};

describe('a report', () => {
  const results = tunedResults({ task: COSTED });
  const html = htmlReport(results);
  const markdown = markdownReport(results);

  it('is one file that needs nothing else, under a strict policy', () => {
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|\sstyle=|@import|url\((?!#)/);
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    expect(REPORT_CSP).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(REPORT_CSP).toContain("default-src 'none'");
    expect([...html.matchAll(/<svg /g)]).toHaveLength(12);
    expect(htmlReport(results)).toBe(html);
  });

  it.each([
    ['the verdict with its interval', /Verified: experiment 6 is 5\d\.\d % better than the baseline \(95 % interval/],
    ['why this one', /measured again beside the baseline, on fresh starts/],
    ['what it costs', /It takes 2 accelerators, which is 6\.00 EUR an hour\. At the load that gave the most/],
    ['how to run it', /docker run/],
    ['the evidence of a failure', /CUDA out of memory/],
    ['its next step', /Next step: Lower the memory-hungry parameters/],
    ['what was spent', /The tune took 37 experiments/],
    ['the noise', /One measurement on a fresh start varies by/],
  ])('says %s, in both forms', (_, words) => {
    expect(html).toMatch(words);
    expect(markdown.replaceAll('\\', '')).toMatch(words);
  });

  it('shows what differs from the baseline', () => {
    expect(markdown).toContain("| threads | the engine's default | 4 | changed |");
  });

  it('shows what the engine said meanwhile, beside the client’s numbers', () => {
    expect(html).not.toContain('What the engine said meanwhile');
    const engine_metrics = {
      ...{ engine: 'sglang' as const, samples: 9, requests_running: { mean: 3.5, max: 4 }, preemptions: 2 },
      kv_cache_usage: { mean: 0.5, max: 0.97 },
    };
    const all_results = results.all_results.map((result) => ({
      ...result,
      loads: result.loads.map((load) => ({ ...load, engine_metrics })),
    }));
    const said = { ...results, all_results, best_result: all_results[5] ?? null };
    expect(markdownReport(said).replaceAll('\\', '')).toContain(
      '| experiment 6 | D(200,16) at 1 | 3.5 (4.0) | 50 % (97 %) | 2 | 9 |'
    );
    for (const text of [htmlReport(said), markdownReport(said)])
      expect(text).toMatch(/What the engine said meanwhile[\s\S]*the highest in brackets/);
  });

  it('has its pictures beside the Markdown', () => {
    const { markdown: text, pictures } = markdownWithPictures(results, 'pictures');
    expect(pictures).toHaveLength(12);
    for (const { name, svg } of pictures) {
      expect(text).toContain(`](pictures/${name})`);
      expect(svg).toMatch(/^<\?xml .*\n<svg .*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    }
  });
});

describe('a report of a tune without a winner', () => {
  it('that has measured nothing says so', () => {
    const html = htmlReport(resultsOf(taskOf(), [], { isRunning: true }));
    expect(html).toContain('No experiment has finished yet.');
    expect(html).not.toContain('What to run');
  });

  it('names what came nearest where nothing is feasible', () => {
    const slos = [{ metric: 'e2e_latency', statistic: 'p95', max: 0.001 }] as const;
    const markdown = markdownReport(tunedResults({ task: { slos: [...slos] }, finals: false }));
    expect(markdown).toContain('## Nothing is feasible: what came nearest');
    expect(markdown).not.toContain('How to run it');
  });

  it('does not call the best of a search verified', () => {
    const markdown = markdownReport(tunedResults({ finals: false }));
    expect(markdown).toContain('## What to run: the best of the search');
    expect(markdown).toContain('not verified');
  });
});
