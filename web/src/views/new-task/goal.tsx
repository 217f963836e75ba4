/** What is optimised: the common forms by choice, all others as YAML. */
import type { JSX } from 'preact';
import { TaskField } from './task-field.js';
import { useTaskField } from './form-context.js';
import { SelectField } from '../../ui/field.js';

const PATH = ['optimization', 'objective'];
const FORMS = [
  ['', 'default: minimize latency'],
  ['minimize_latency', 'minimize latency'],
  ['maximize_throughput', 'maximize throughput'],
  ['metric', 'a metric of my choice'],
  ['max_load', 'the highest load within the limits'],
  ['other', 'several at once, or weighted (YAML)'],
] as const;
type Form = (typeof FORMS)[number][0];

const STARTS: Readonly<Record<Form, unknown>> = {
  '': undefined,
  minimize_latency: 'minimize_latency',
  maximize_throughput: 'maximize_throughput',
  metric: { metric: 'ttft', statistic: 'p95', direction: 'minimize' },
  max_load: { max_load: { max: 64 } },
  other: [
    { metric: 'ttft', statistic: 'p95', direction: 'minimize' },
    { metric: 'output_throughput', direction: 'maximize' },
  ],
};

export function Goal(): JSX.Element {
  const { value, set, error } = useTaskField(PATH);
  const form = formOf(value);
  return (
    <>
      <SelectField
        label="Objective"
        value={form}
        options={FORMS}
        error={form === 'metric' ? undefined : error}
        hint="What the best configuration is best in."
        onChange={(next) => set(STARTS[next as Form])}
      />
      {form === 'metric' && (
        <>
          <TaskField path={[...PATH, 'metric']} hint="" />
          <TaskField path={[...PATH, 'statistic']} />
          <TaskField path={[...PATH, 'direction']} hint="" />
        </>
      )}
      {form === 'max_load' && (
        <>
          <TaskField path={[...PATH, 'max_load', 'min']} />
          <TaskField path={[...PATH, 'max_load', 'max']} />
        </>
      )}
      {form === 'other' && <TaskField path={PATH} label="Objectives" />}
    </>
  );
}

function formOf(value: unknown): Form {
  if (value === undefined) return '';
  if (value === 'minimize_latency' || value === 'maximize_throughput') return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || 'weighted' in value) return 'other';
  return 'max_load' in value ? 'max_load' : 'metric';
}
