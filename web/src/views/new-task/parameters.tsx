/** What is tuned: each parameter with its values, from the guide's presets or one's own. */
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { errorAt, useDraft, useForm, useTaskField } from './form-context.js';
import type { Guide, GuideParameter } from './guide.js';
import { readValues, showList, showValue } from './values.js';
import { Icon } from '../../ui/icon.js';
import { Words } from '../../ui/words.js';

type Spec = Readonly<Record<string, unknown>>;
const TYPES = ['choice', 'int', 'float', 'bool'] as const;
const STARTS: Readonly<Record<string, Spec>> = {
  choice: { type: 'choice', values: [] },
  int: { type: 'int', min: 1, max: 8 },
  float: { type: 'float', min: 0.1, max: 0.9 },
  bool: { type: 'bool' },
};

export function Parameters({ guide }: { guide: Guide | undefined }): JSX.Element {
  const { value, set, error } = useTaskField(['parameters']);
  const all = Object.entries((value ?? {}) as Record<string, Spec>);
  const about = (name: string): GuideParameter | undefined =>
    guide?.parameters.find(({ names }) => names.includes(name.replaceAll('-', '_')));
  return (
    <div class="stack tight">
      {all.length === 0 && (
        <p class="muted small">{error ?? 'Nothing yet. Take a preset, or add a parameter below.'}</p>
      )}
      {all.map(([name, spec]) => (
        <Parameter key={name} name={name} spec={spec} about={about(name)} />
      ))}
      <AddParameter
        guide={guide}
        taken={all.map(([name]) => name)}
        onAdd={(name) => set({ ...Object.fromEntries(all), [name]: about(name)?.ranges[0]?.spec ?? STARTS['choice'] })}
      />
    </div>
  );
}

interface ParameterProps {
  readonly name: string;
  readonly spec: Spec;
  readonly about: GuideParameter | undefined;
}

function Parameter({ name, spec, about }: ParameterProps): JSX.Element {
  const { set, issues } = useForm();
  const path = ['parameters', name];
  const error = errorAt(issues, path);
  const type = showValue(spec?.['type']) || 'choice';
  return (
    <div class="parameter" role="group" aria-label={`Parameter ${name}`}>
      <code class="strong">{name}</code>
      <select
        class="select"
        aria-label={`Type of ${name}`}
        value={type}
        onChange={(event) => set(path, STARTS[event.currentTarget.value])}
      >
        {TYPES.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      <div class="spec">
        {type === 'choice' && <Values name={name} spec={spec} />}
        {(type === 'int' || type === 'float') && <Range name={name} spec={spec} />}
        {type === 'bool' && <span class="muted">false and true</span>}
      </div>
      <button
        type="button"
        class="button quiet small"
        aria-label={`Remove ${name}`}
        onClick={() => set(path, undefined)}
      >
        <Icon name="close" size={13} />
      </button>
      {error && <span class="about poor">{error}</span>}
      {about && (
        <span class="about">
          <Words text={`${about.what} ${about.trades}`} />
        </span>
      )}
    </div>
  );
}

function Values({ name, spec }: { name: string; spec: Spec }): JSX.Element {
  const { set } = useForm();
  const values = spec['values'];
  const { onInput, ...draft } = useDraft(showList(values), (text) =>
    set(['parameters', name, 'values'], readValues(text))
  );
  return (
    <input
      {...draft}
      class="input mono"
      aria-label={`Values of ${name}`}
      placeholder="1, 2, 4"
      autocomplete="off"
      spellcheck={false}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

function Range({ name, spec }: { name: string; spec: Spec }): JSX.Element {
  const { set } = useForm();
  return (
    <div class="ranges">
      {(['min', 'max', 'step'] as const).map((part) => (
        <Bound key={part} name={name} part={part} value={spec[part]} />
      ))}
      <select
        class="select"
        aria-label={`Scale of ${name}`}
        value={showValue(spec['scale']) || 'linear'}
        onChange={({ currentTarget: { value } }) =>
          set(['parameters', name, 'scale'], value === 'linear' ? undefined : value)
        }
      >
        <option>linear</option>
        <option>log</option>
      </select>
    </div>
  );
}

function Bound({ name, part, value }: { name: string; part: string; value: unknown }): JSX.Element {
  const { set } = useForm();
  const { onInput, ...draft } = useDraft(showValue(value), (text) => {
    const number = Number(text);
    set(['parameters', name, part], text.trim() === '' ? undefined : Number.isFinite(number) ? number : text);
  });
  return (
    <input
      {...draft}
      class="input mono"
      inputMode="decimal"
      aria-label={`${part} of ${name}`}
      placeholder={part}
      autocomplete="off"
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

interface AddProps {
  readonly guide: Guide | undefined;
  readonly taken: readonly string[];
  readonly onAdd: (name: string) => void;
}

function AddParameter({ guide, taken, onAdd }: AddProps): JSX.Element {
  const [name, setName] = useState('');
  const known = (guide?.parameters ?? []).filter(({ names }) => !names.some((one) => taken.includes(one)));
  const canAdd = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(name) && !taken.includes(name);
  return (
    <form
      class="add"
      onSubmit={(event) => {
        event.preventDefault();
        if (!canAdd) return;
        onAdd(name);
        setName('');
      }}
    >
      <input
        class="input grow"
        list="known-parameters"
        aria-label="Name of a further parameter"
        placeholder="add a parameter: its flag, with underscores"
        value={name}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <datalist id="known-parameters">
        {known.map(({ names: [first], what }) => (
          <option key={first} value={first}>
            {what}
          </option>
        ))}
      </datalist>
      <button type="submit" class="button" disabled={!canAdd}>
        Add
      </button>
    </form>
  );
}
