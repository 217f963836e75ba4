/** Whatever a results file says, it is text in the report: it changes nothing around it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOSTILE_TEXTS } from '../../test/support/hostile-text.js';
import { tunedResults } from '../../test/support/tuned.js';
import type { ResultsFile } from '../domain/results/tune-result.js';
import { htmlReport, markdownReport } from './index.js';
import { escapeHtml } from './html/escape.js';
import { escapeMarkdown, fenced } from './markdown/escape.js';

const MARKUP = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '</pre></code><h1>x</h1>',
  '</svg><iframe src=//x>',
  ']]><!--',
  '--><b>',
  '<!-- ',
  '&lt;b&gt;',
  '[x](javascript:alert(1))',
  '![x](http://tracker.example/x.png)',
  '<http://x.example>',
  '```\n# heading\n```',
  '| a | b |\n|---|---|',
  '# heading',
  '1. item',
  '**bold** __x__ ~~y~~ $z$',
  'http://x.example www.x.example',
  '{a|b} {value} {@c}',
  '\\',
] as const;
const text = fc.oneof(fc.constantFrom(...MARKUP, ...HOSTILE_TEXTS), fc.string({ unit: 'binary', maxLength: 60 }));

/** A file in which everything that comes from elsewhere is this text. */
function saying(word: string): ResultsFile {
  const results = tunedResults({ experiments: 9 });
  const hostile = <T extends ResultsFile['all_results'][number]>(result: T): T => ({
    ...result,
    parameters: { ...result.parameters, color: word, [`p${word}`]: word },
    failure: result.failure && { code: word, message: word, next_step: word, evidence: [word, word] },
    provenance: result.provenance && {
      ...result.provenance,
      ...{ host: word, engine: word, engine_version: word, model: word, hardware: word, benchmark_version: word },
      command: [word, word],
    },
    loads: result.loads.map((load) => ({ ...load, scenario: word })),
    leaks: [{ kind: word, name: word, reason: word, command: word }],
  });
  return {
    ...results,
    task_name: word,
    answer: word,
    best_result: results.best_result && hostile(results.best_result),
    baseline: results.baseline && hostile(results.baseline),
    all_results: results.all_results.map((result) => hostile(result)),
    finalists: results.finalists.map((one) => ({ ...one, rounds: one.rounds.map((round) => hostile(round)) })),
    verdict: {
      ...results.verdict,
      words: word,
      loads: results.verdict.loads.map((load) => ({ ...load, scenario: word })),
    },
    comparison: (results.comparison ?? []).map((one) => ({ ...one, scenario: word })),
    ran: {
      ...results.ran,
      model: word,
      machine: word,
      workflow_id: word,
      run_id: word,
      autotuner_version: word,
      task: { description: word },
    },
  };
}

/** Every tag with the names of its attributes; pictures are drawn anew for each text, and are counted only. */
function skeleton(html: string): string[] {
  const page = html.replace(/<svg [\s\S]*?<\/svg>/g, '<svg></svg>');
  return [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/="[^"]*"/g, '=""'));
}

describe('hostile text in a report', () => {
  const harmless = skeleton(htmlReport(saying('x')));

  it('adds no element and no attribute to the HTML', () => {
    fc.assert(
      fc.property(text, (word) => {
        // Where there is no text at all, its element is left out.
        const html = htmlReport(saying(`x${word}`));
        expect(skeleton(html)).toEqual(harmless);
        for (const [svg] of html.matchAll(/<svg [\s\S]*?<\/svg>/g)) {
          const names = new Set([...svg.matchAll(/<\/?([\w:]+)/g)].map(([, name]) => name));
          expect(
            [...names].filter(
              (name) =>
                ![
                  'svg',
                  'g',
                  'path',
                  'rect',
                  'text',
                  'circle',
                  'defs',
                  'clipPath',
                  'linearGradient',
                  'stop',
                  'polyline',
                  'polygon',
                  'tspan',
                ].includes(name ?? '')
            )
          ).toEqual([]);
          expect(svg).not.toMatch(/<[^>]*\s(?:on\w+|href|xlink:href|style)=/);
        }
        // What cannot be seen is made visible, but for the line breaks and tabs of what is code.
        expect(html.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      { numRuns: 30 }
    );
  }, 120_000);

  it('is read back from the HTML as it was', () => {
    const decode = (html: string): string =>
      html.replace(/&(?:#(\d+)|(\w+));/g, (_, code?: string, name = '') =>
        code
          ? String.fromCodePoint(Number(code))
          : ({ amp: '&', lt: '<', gt: '>', quot: '"' }[name as string] ?? 'UNKNOWN')
      );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (word) => {
        expect(escapeHtml(word)).not.toMatch(/[<>"'`=]/);
        expect(decode(escapeHtml(word))).toBe(word);
      })
    );
  });

  it('begins no markup in Markdown', () => {
    fc.assert(
      fc.property(text, (word) => {
        const escaped = escapeMarkdown(word);
        // Every mark is behind an odd number of backslashes.
        expect(escaped.replace(/\\[!-/:-@[-`{-~]/g, '')).not.toMatch(/[\\`*_{}[\]<>|~#$^&!\n]/);
        expect(escaped).not.toMatch(/^(?:[-+=]|\d+[.)])|https?:|www\.[^\\]?$/i);
      })
    );
  });

  it('cannot close the fence that it is in', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.stringMatching(/^[`\n a]{0,40}$/)), (word) => {
        const lines = fenced(word, 'text').split('\n');
        const fence = lines.at(-1) ?? '';
        expect(fence).toMatch(/^`{3,}$/);
        expect(lines.slice(1, -1).some((line) => line.includes(fence))).toBe(false);
      })
    );
  });

  it('is in both forms with the same headings', () => {
    const results = tunedResults();
    const html = [...htmlReport(results).matchAll(/<h[23]>(.*?)<\/h[23]>/g)].map(([, one]) => one);
    const markdown = [...markdownReport(results).matchAll(/^#{2,3} (.*)$/gm)].map(([, one = '']) =>
      one.replaceAll('\\', '')
    );
    expect(html.length).toBeGreaterThan(15);
    expect(markdown).toEqual(expect.arrayContaining(html.map((one = '') => one)));
  });
});
