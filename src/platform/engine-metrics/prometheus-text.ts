/**
 * Prometheus' text format, as far as engines use it. Own code, since the parsers on npm throw a whole answer away for one bad line, and
 * build every histogram bucket, of which engines have thousands and none is asked for here.
 */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** More series of the wanted metrics than any engine has. */
const MOST_SAMPLES = 5000;
const LINE = /^([A-Za-z_:][\w:]*)(?:\{([^\n]*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*$/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const LONGEST_LINE = 10_000;

/** The finite samples of the metrics with these names. Lines that are none are left out; so is all beyond the 5,000th sample. */
export function parsePrometheus(text: string, names: ReadonlySet<string>): Sample[] {
  const samples: Sample[] = [];
  let from = 0;
  while (from < text.length && samples.length < MOST_SAMPLES) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    const sample = to - from <= LONGEST_LINE ? parseLine(text.slice(from, to), names) : null;
    if (sample) samples.push(sample);
    from = to + 1;
  }
  return samples;
}

function parseLine(line: string, names: ReadonlySet<string>): Sample | null {
  const name = line.slice(0, line.search(/[{ \t]|$/));
  // Most lines are buckets: they are not even looked at.
  if (!names.has(name)) return null;
  const match = LINE.exec(line.replace(/\r$/, ''));
  if (!match) return null;
  const value = Number(match[3]);
  if (!Number.isFinite(value)) return null;
  const labels = [...(match[2] ?? '').matchAll(LABEL)].map(([, label = '', text = '']) => [label, text] as const);
  return { name, labels: Object.fromEntries(labels), value };
}
