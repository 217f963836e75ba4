/** A labelled control with its hint and its error. */
import { useId } from 'preact/hooks';
import type { JSX } from 'preact';

/** What a control needs so that label, hint and error belong to it. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-invalid': boolean | undefined;
  readonly 'aria-describedby': string | undefined;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly wide?: boolean | undefined;
  readonly required?: boolean | undefined;
  readonly children: (control: ControlProps) => JSX.Element;
}

export function Field({ label, hint, error, wide, required, children }: FieldProps): JSX.Element {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class={`field ${wide ? 'wide' : ''}`}>
      <label for={id}>
        {label}
        {required && <span class="muted"> (needed)</span>}
      </label>
      {children({ id, 'aria-invalid': error ? true : undefined, 'aria-describedby': described || undefined })}
      {error && (
        <span class="error" id={`${id}-error`}>
          {error}
        </span>
      )}
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}

interface TextProps extends Omit<FieldProps, 'children'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string | undefined;
  readonly type?: 'text' | 'number' | 'password' | 'search';
  readonly list?: string | undefined;
}

export function TextField({ value, onChange, placeholder, type = 'text', list, ...field }: TextProps): JSX.Element {
  return (
    <Field {...field}>
      {(control) => (
        <input
          {...control}
          class="input"
          type={type}
          step={type === 'number' ? 'any' : undefined}
          value={value}
          placeholder={placeholder}
          list={list}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface SelectProps extends Omit<FieldProps, 'children'> {
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}

export function SelectField({ value, options, onChange, ...field }: SelectProps): JSX.Element {
  return (
    <Field {...field}>
      {(control) => (
        <select {...control} class="select" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {options.map(([key, name]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
