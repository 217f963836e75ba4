/** The guide as a page of docs/parameters: `npm run guide` writes them. */
import type { ParameterSpec } from '../task/task.schema.js';
import type { Guide, GuideParameter } from './guide.schema.js';

export function guideMarkdown(guide: Guide): string {
  const { title, versions, intro, parameters, presets, metrics } = guide;
  const sections = [
    `# Parameters of ${title}`,
    'Made from `src/domain/guide` by `npm run guide`: the same data as the presets of the form and the warnings of `autotuner plan`.',
    `${intro}`,
    `The facts are those of ${title} ${versions}; each has its source in the documentation of the engine. Flags that are not here can be tuned as well: whatever a task names is passed on.`,
    ...parameters.map(parameterSection),
    '## Presets',
    ...presets.flatMap(({ title: name, words, scale, parameters: specs, constraints, engineArgs }) => [
      `### ${name}`,
      `${words} For ${scale === 'cpu' ? 'the processor' : scale}.`,
      ['```yaml', ...yamlOf(engineArgs, specs, constraints), '```'].join('\n'),
    ]),
    '## Its own metrics',
    `${metrics.words} What is made of them: [measurement](../measurement.md#what-the-engine-says-itself).`,
    `Source: ${metrics.sources.map(linkOf).join(', ')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function parameterSection(parameter: GuideParameter): string {
  const { flag, names, what, trades, crashes, ranges, risky, sources } = parameter;
  const lines = [
    `- Name in a task: ${names.map((name) => `\`${name}\``).join(' or ')}`,
    `- Default: ${parameter.default}`,
    `- Trades: ${trades}`,
    ...ranges.map(
      ({ scale, spec, words }) => `- Sensible on ${scaleOf(scale)}: ${specOf(spec)}${words ? `. ${words}` : ''}`
    ),
    ...(risky ? [`- Risky: ${riskyOf(risky)}`] : []),
    ...crashes.map((crash) => `- Known to fail: ${crash}`),
    ...(parameter.changesAnswers ? ['- May change what the model answers, which the tuner does not judge.'] : []),
    `- Source: ${sources.map(linkOf).join(', ')}`,
  ];
  return [`## \`${flag}\``, what, lines.join('\n')].join('\n\n');
}

function riskyOf({ above, below, words }: NonNullable<GuideParameter['risky']>): string {
  const where = above === undefined ? `below ${below}` : `above ${above}`;
  return `${where}, which ${words}.`;
}

function scaleOf(scale: GuideParameter['ranges'][number]['scale']): string {
  return scale === 'cpu' ? 'a processor' : scale;
}

function specOf(spec: ParameterSpec): string {
  switch (spec.type) {
    case 'bool':
      return 'both';
    case 'choice':
      return spec.values.map((value) => `\`${value}\``).join(', ');
    case 'int':
    case 'float':
      return `\`${spec.min}\` to \`${spec.max}\`${spec.step === undefined ? '' : ` by \`${spec.step}\``}`;
  }
}

function linkOf({ title, url }: { readonly title: string; readonly url: string }): string {
  return `[${title}](${url})`;
}

function yamlOf(
  engineArgs: Guide['presets'][number]['engineArgs'],
  specs: Readonly<Record<string, ParameterSpec>>,
  constraints: readonly string[]
): string[] {
  const fixed = Object.entries(engineArgs).map(([name, value]) => `${name}: ${String(value)}`);
  return [
    ...(fixed.length > 0 ? [`engine_args: { ${fixed.join(', ')} }`] : []),
    'parameters:',
    ...Object.entries(specs).map(([name, spec]) => `  ${name}: ${flow(spec)}`),
    ...(constraints.length > 0 ? [`constraints: [${constraints.map((text) => `'${text}'`).join(', ')}]`] : []),
  ];
}

function flow(spec: ParameterSpec): string {
  if (spec.type === 'bool') return '{ type: bool }';
  if (spec.type === 'choice') return `{ type: choice, values: [${spec.values.join(', ')}] }`;
  const step = spec.step === undefined ? '' : `, step: ${spec.step}`;
  return `{ type: ${spec.type}, min: ${spec.min}, max: ${spec.max}${step} }`;
}
