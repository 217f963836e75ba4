/** Text that means something to YAML, to templates, to Kubernetes or to a shell, and must arrive as it is all the same. */
export const HOSTILE_TEXTS = [
  `"double" 'single' \`back\` \\ \\n`,
  'two\nlines: of\n  - yaml\r\n...\n---\nkind: Pod',
  'key: value',
  '- item',
  '? question',
  '# no comment',
  'a # b',
  '&anchor *anchor',
  '*anchor',
  '<<',
  '!!binary aGk=',
  '!custom {a: b}',
  '{a: [b]}, "x": 1}',
  '| literal',
  '> folded',
  '%YAML 1.1',
  '@ `',
  '{{ 7 * 7 }}',
  '{{`{{`}}',
  '{{{ {{{{ }}}}',
  '{{printf `%c` 34}}],{{printf `%c` 34}}command{{printf `%c` 34}}:[{{printf `%c` 34}}id',
  '{{- .Name -}}',
  '{% raw %}{# note #}{% include "x" %}',
  '$(HOME) $$(HOME) $$$(HOME) $ $$ ${HOME} $(',
  '; rm -rf / && $(reboot) | `id`',
  '../../etc/passwd',
  'null',
  'true',
  '1e3',
  '0o17',
  '~',
  ' ',
  '\t tab \u0001\u007f',
  'line\u2028separator\u2029paragraph\u0085next\ufeff',
  '\u202egnal',
  '😀 \ud800',
  'x'.repeat(900),
] as const;

/** Every path to a scalar of a value, with the scalar's type: two values of the same structure have the same. */
export function shapeOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value))
    return [`${path}[${value.length}]`, ...value.flatMap((item, i) => shapeOf(item, `${path}[${i}]`))];
  if (typeof value !== 'object' || value === null) return [`${path}: ${value === null ? 'null' : typeof value}`];
  return Object.entries(value).flatMap(([key, item]) => shapeOf(item, `${path}.${key}`));
}

/** What the kubelet makes of an argument or of a variable's value, where every variable is EXPANDED. */
export function asKubeletReads(text: string): string {
  return text.replace(/\$(?:\$|\([^)]*\))/g, (found) => (found === '$$' ? '$' : 'EXPANDED'));
}

/** What OME makes of it before: a template of Go, of which the raw string is the only kind known here. */
export function asOmeReads(text: string): string {
  return text.replace(/\{\{(?:`([^`]*)`\}\})?/g, (_, raw?: string) => raw ?? 'EXECUTED');
}
