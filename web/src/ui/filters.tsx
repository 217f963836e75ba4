/** What stands above a list and narrows it. */
import type { ComponentChildren, JSX } from 'preact';

export function Filters({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="filters" role="search">
      {children}
    </div>
  );
}

interface SearchProps {
  /** What is looked through, and by what. */
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function Search({ label, placeholder, value, onChange }: SearchProps): JSX.Element {
  return (
    <input
      class="input"
      type="search"
      placeholder={placeholder}
      aria-label={label}
      value={value}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  /** Each value with its words; the empty one stands for any. */
  readonly options: readonly (readonly [value: T, words: string])[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export function Choice<T extends string>({ label, options, value, onChange }: ChoiceProps<T>): JSX.Element {
  return (
    <select
      class="select"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as T)}
    >
      {options.map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </select>
  );
}
