/** What the fields of the form share. */
import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { schemaAt, type Schema } from './schema.js';
import { valueAt, type Path, type Source } from './source.js';
import type { Issue } from '../../../../src/contracts/http/index.js';

interface Form {
  readonly source: Source;
  readonly schema: Schema;
  readonly issues: readonly Issue[];
  /** Undefined removes the field. */
  readonly set: (path: Path, value: unknown) => void;
}

export const FormContext = createContext<Form | null>(null);

export function useForm(): Form {
  const form = useContext(FormContext);
  if (!form) throw new Error('a field stands outside of the form');
  return form;
}

export interface FieldState {
  readonly value: unknown;
  readonly schema: Schema;
  readonly error: string | undefined;
  readonly set: (value: unknown) => void;
}

export function useTaskField(path: Path): FieldState {
  const { source, schema, issues, set } = useForm();
  return {
    value: valueAt(source.value, path),
    schema: schemaAt(schema, path) ?? {},
    error: errorAt(issues, path),
    set: (value) => set(path, value),
  };
}

/** What is wrong with a field or below it. */
export function errorAt(issues: readonly Issue[], path: Path): string | undefined {
  return issues.find((issue) => path.every((key, i) => String(issue.path[i]) === String(key)))?.message;
}

/**
 * What is typed, while it is typed: a half-written number must not be put right under somebody's fingers. It follows the value again when
 * the field is left.
 */
export function useDraft(
  shown: string,
  commit: (text: string) => void
): {
  value: string;
  onInput: (text: string) => void;
  onFocus: () => void;
  onBlur: () => void;
} {
  const [draft, setDraft] = useState<string | null>(null);
  const isFocused = useRef(false);
  useEffect(() => {
    if (!isFocused.current) setDraft(null);
  }, [shown]);
  return {
    value: draft ?? shown,
    onInput: (text) => {
      setDraft(text);
      commit(text);
    },
    onFocus: () => {
      isFocused.current = true;
    },
    onBlur: () => {
      isFocused.current = false;
      setDraft(null);
    },
  };
}
