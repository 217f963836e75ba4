/** One field of the task, shown as its schema says. */
import type { JSX } from 'preact';
import { useDraft, useTaskField, type FieldState } from './form-context.js';
import { kindOf } from './schema.js';
import { parseYaml, readList, showList, showValue, showYaml } from './values.js';
import type { Path } from './source.js';
import { spaced } from '../../lib/format.js';
import { Field, SelectField, type ControlProps } from '../../ui/field.js';

interface Props {
  readonly path: Path;
  readonly label?: string;
  readonly hint?: string;
  readonly placeholder?: string | undefined;
  readonly wide?: boolean;
  readonly required?: boolean;
  /** Where the schema allows several forms and this one is enough. */
  readonly as?: 'text' | 'list';
  readonly list?: string;
}

export function TaskField({ path, label, hint, placeholder, wide, required, as, list }: Props): JSX.Element {
  const field = useTaskField(path);
  const { schema, error } = field;
  const name = label ?? capitalised(spaced(String(path.at(-1))));
  const kind = as ?? kindOf(schema);
  const shared = { label: name, hint: hint ?? schema.description, error, required };
  if (kind === 'choice' || kind === 'switch') return <Choice field={field} {...shared} />;
  const isLong = kind === 'record' || kind === 'any' || kind === 'object';
  return (
    <Field {...shared} wide={wide ?? isLong}>
      {(control) =>
        isLong ? (
          <YamlArea field={field} control={control} placeholder={placeholder} />
        ) : (
          <Line field={field} kind={kind} control={control} placeholder={placeholder} list={list} />
        )
      }
    </Field>
  );
}

interface ChoiceProps {
  readonly field: FieldState;
  readonly label: string;
  readonly hint: string | undefined;
  readonly error: string | undefined;
  readonly required: boolean | undefined;
}

function Choice({ field: { schema, value, set }, ...shared }: ChoiceProps): JSX.Element {
  const values = schema.enum ?? [true, false];
  const told = (one: unknown): string => (one === true ? 'yes' : one === false ? 'no' : spaced(String(one)));
  const standard = schema.default === undefined ? 'not given' : `default: ${told(schema.default)}`;
  return (
    <SelectField
      {...shared}
      value={showValue(value)}
      options={[['', standard], ...values.map((one) => [String(one), told(one)] as const)]}
      onChange={(text) => set(text === '' ? undefined : values.find((one) => String(one) === text))}
    />
  );
}

interface LineProps {
  readonly field: FieldState;
  readonly kind: 'integer' | 'number' | 'text' | 'list';
  readonly control: ControlProps;
  readonly placeholder: string | undefined;
  readonly list: string | undefined;
}

function Line({ field: { schema, value, set }, kind, control, placeholder, list }: LineProps): JSX.Element {
  const isNumber = kind === 'integer' || kind === 'number';
  const shown = kind === 'list' ? showList(value) : showValue(value);
  const commit = (text: string): void => {
    if (text.trim() === '') return set(undefined);
    if (kind === 'list') return set(readList(text, schema.items?.type !== 'string'));
    return set(isNumber && Number.isFinite(Number(text)) ? Number(text) : text);
  };
  const { onInput, ...draft } = useDraft(shown, commit);
  const standard = showValue(schema.default) || undefined;
  return (
    <input
      {...control}
      {...draft}
      class="input"
      type="text"
      inputMode={isNumber ? 'decimal' : undefined}
      placeholder={placeholder ?? standard}
      list={list}
      autocomplete="off"
      spellcheck={false}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

type AreaProps = Pick<LineProps, 'field' | 'control' | 'placeholder'>;

/** Whatever is no single value: as the YAML that it is. */
function YamlArea({ field: { schema, value, set }, control, placeholder }: AreaProps): JSX.Element {
  const { onInput, ...draft } = useDraft(showYaml(value), (text) => {
    const parsed = parseYaml(text);
    if (parsed.ok) set(parsed.value);
  });
  const standard = isEmpty(schema.default) ? '' : `default: ${JSON.stringify(schema.default)}`;
  return (
    <textarea
      {...control}
      {...draft}
      class="area mono"
      rows={Math.min(8, Math.max(2, draft.value.split('\n').length))}
      placeholder={placeholder ?? standard}
      spellcheck={false}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

function isEmpty(value: unknown): boolean {
  return value === undefined || ['{}', '[]'].includes(JSON.stringify(value));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
