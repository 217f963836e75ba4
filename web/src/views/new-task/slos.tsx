/** Limits that a configuration must hold. */
import type { JSX } from 'preact';
import { useForm, useTaskField, useDraft, errorAt } from './form-context.js';
import type { Path } from './source.js';
import { showValue } from './values.js';
import { spaced } from '../../lib/format.js';
import { Button } from '../../ui/button.js';
import { Icon } from '../../ui/icon.js';

const NEW = { metric: 'ttft', statistic: 'p95', max: 1 };

export function Slos(): JSX.Element {
  const { value, set } = useTaskField(['slos']);
  const slos: readonly unknown[] = Array.isArray(value) ? value : [];
  return (
    <div class="stack tight">
      {slos.map((_, i) => (
        <Slo key={i} i={i} onRemove={() => set(slos.length > 1 ? slos.filter((_, other) => other !== i) : undefined)} />
      ))}
      <div>
        <Button small icon="add" onPress={() => set([...slos, NEW])}>
          Add a limit
        </Button>
      </div>
    </div>
  );
}

function Slo({ i, onRemove }: { i: number; onRemove: () => void }): JSX.Element {
  const { issues } = useForm();
  const path: Path = ['slos', i];
  const { value, set } = useTaskField(path);
  const slo = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const bound = slo['min'] === undefined ? 'max' : 'min';
  const error = errorAt(issues, path);
  const { onInput, ...draft } = useDraft(showValue(slo[bound]), (text) => {
    const number = Number(text);
    set({ ...slo, [bound]: text.trim() === '' || !Number.isFinite(number) ? text : number });
  });
  const turn = (next: string): void => {
    const { [bound]: limit, ...rest } = slo;
    set({ ...rest, [next]: limit });
  };
  return (
    <div class="stack tight">
      <div class="line-item slo" role="group" aria-label={`Limit ${i + 1}`}>
        <Choice path={[...path, 'metric']} label="Metric" />
        <Choice path={[...path, 'statistic']} label="Statistic" />
        <select
          class="select"
          aria-label={`Kind of limit ${i + 1}`}
          value={bound}
          onChange={(event) => turn(event.currentTarget.value)}
        >
          <option value="max">at most</option>
          <option value="min">at least</option>
        </select>
        <input
          {...draft}
          class="input"
          inputMode="decimal"
          aria-label={`Limit ${i + 1}, seconds for latencies`}
          aria-invalid={error ? true : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        <button type="button" class="button quiet small" aria-label={`Remove limit ${i + 1}`} onClick={onRemove}>
          <Icon name="close" size={13} />
        </button>
      </div>
      {error && <span class="small poor">{error}</span>}
    </div>
  );
}

function Choice({ path, label }: { path: Path; label: string }): JSX.Element {
  const { value, schema, set } = useTaskField(path);
  const index = Number(path[1]) + 1;
  return (
    <select
      class="select"
      aria-label={`${label} of limit ${index}`}
      value={showValue(value)}
      onChange={({ currentTarget }) => set(currentTarget.value === '' ? undefined : currentTarget.value)}
    >
      {schema.default === undefined && <option value="">–</option>}
      {(schema.enum ?? []).map((one) => (
        <option key={String(one)} value={String(one)}>
          {spaced(String(one))}
        </option>
      ))}
    </select>
  );
}
