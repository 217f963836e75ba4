/** The task as a form: what most tasks need in front, everything else that the schema knows behind. */
import type { ComponentChildren, JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { Goal } from './goal.js';
import { guideQuery } from './guide.js';
import { Parameters } from './parameters.js';
import { Presets } from './presets.js';
import { fieldsBelow } from './schema.js';
import { Slos } from './slos.js';
import { TaskField } from './task-field.js';
import { useForm, useTaskField } from './form-context.js';
import type { Path } from './source.js';
import { showValue } from './values.js';
import { spaced } from '../../lib/format.js';
import { SelectField } from '../../ui/field.js';

/** Shown in front; the rest is found in the schema. */
const IN_FRONT = new Set(
  [
    '$schema task_name description backend engine engine_args model.name model.path base_runtime parameters constraints slos',
    'optimization.strategy optimization.objective optimization.max_iterations optimization.parallelism',
    'benchmark.model_name benchmark.model_tokenizer benchmark.traffic_scenarios benchmark.num_concurrency',
    'benchmark.max_requests_per_iteration benchmark.max_time_per_iteration',
    'budget.experiments budget.wall_time budget.accelerator_hours budget.money verification.finalists',
    'cost.accelerators cost.price_per_accelerator_hour',
  ]
    .join(' ')
    .split(' ')
);

export function TaskForm(): JSX.Element {
  const engine = useTaskField(['engine']);
  const backend = useTaskField(['backend']).value ?? 'ome';
  const name = typeof engine.value === 'object' && engine.value !== null ? null : showValue(engine.value) || 'sglang';
  const { data: guide } = useQuery(guideQuery(name));
  return (
    <div class="stack">
      <Section title="What is tuned">
        <div class="fields">
          <TaskField
            path={['task_name']}
            label="Name"
            required
            hint="Letters, digits, dots and dashes; the tune is called so."
          />
          <Engine />
          <TaskField
            path={['backend']}
            hint="Where engines run: OME in a cluster, processes or containers of a host."
          />
          <TaskField path={['model', 'name']} label="Model" required hint="Its name, or a hub id such as org/model." />
          <TaskField path={['model', 'path']} label="Model’s path" />
          {backend === 'ome' && <TaskField path={['base_runtime']} label="Runtime" />}
          <TaskField path={['description']} label="Description" wide />
          <TaskField path={['engine_args']} label="Fixed arguments" placeholder="ctx_size: 4096" />
        </div>
      </Section>
      <Section title="Parameters">
        <div class="stack">
          {guide && <Presets guide={guide} />}
          <Parameters guide={guide} />
          <TaskField path={['constraints']} label="Constraints" as="list" wide placeholder="threads >= parallel" />
        </div>
      </Section>
      <Section title="Goal and limits">
        <div class="stack">
          <div class="fields">
            <Goal />
          </div>
          <Slos />
        </div>
      </Section>
      <Section title="Load">
        <div class="fields">
          <TaskField path={['benchmark', 'model_name']} label="Served name" required />
          <TaskField path={['benchmark', 'model_tokenizer']} label="Tokenizer" />
          <TaskField
            path={['benchmark', 'traffic_scenarios']}
            label="Traffic"
            hint="D(prompt,answer) in tokens; several with commas."
          />
          <TaskField
            path={['benchmark', 'num_concurrency']}
            label="Requests at once"
            hint="Each traffic is measured at each of them."
          />
          <TaskField path={['benchmark', 'max_requests_per_iteration']} label="Requests per load" hint="" />
          <TaskField path={['benchmark', 'max_time_per_iteration']} label="Minutes per load" hint="At most." />
        </div>
      </Section>
      <Section title="Search and budget">
        <div class="fields">
          <TaskField path={['optimization', 'strategy']} />
          <TaskField path={['optimization', 'max_iterations']} label="Experiments" />
          <TaskField path={['optimization', 'parallelism']} label="At once" />
          <TaskField path={['verification', 'finalists']} />
          <TaskField path={['budget', 'wall_time']} label="Budget: seconds" />
          <TaskField path={['budget', 'experiments']} label="Budget: experiments" />
          <TaskField path={['budget', 'accelerator_hours']} label="Budget: accelerator-hours" />
          <TaskField path={['budget', 'money']} label="Budget: money" />
          <TaskField path={['cost', 'accelerators']} label="Accelerators" as="text" />
          <TaskField path={['cost', 'price_per_accelerator_hour']} label="Price per accelerator-hour" />
        </div>
      </Section>
      <Further />
    </div>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <fieldset class="panel section">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

/** A command of one's own is an object, which the YAML beside is for. */
function Engine(): JSX.Element {
  const { value, set, schema, error } = useTaskField(['engine']);
  const names = schema.anyOf?.flatMap((one) => one.enum ?? []).map(String) ?? [];
  const isOwn = typeof value === 'object' && value !== null;
  return (
    <>
      <SelectField
        label="Engine"
        value={isOwn ? 'own' : showValue(value)}
        options={[
          ['', `default: ${String(schema.default)}`],
          ...names.map((name) => [name, name] as const),
          ['own', 'a command of my own'],
        ]}
        error={error}
        onChange={(next) =>
          set(next === '' ? undefined : next === 'own' ? { command: ['my-server', '--port', '{port}'] } : next)
        }
      />
      {isOwn && <TaskField path={['engine', 'command']} label="Command" wide />}
    </>
  );
}

function Further(): JSX.Element {
  const { schema } = useForm();
  const rest = fieldsBelow(schema).filter((path) => !IN_FRONT.has(path.join('.')));
  const groups = new Map<string, Path[]>();
  for (const path of rest) {
    const group = path.length > 1 ? String(path[0]) : 'task';
    groups.set(group, [...(groups.get(group) ?? []), path]);
  }
  return (
    <details class="panel section">
      <summary>All other settings</summary>
      <div class="stack">
        {[...groups].map(([group, paths]) => (
          <fieldset key={group} class="stack tight">
            <legend class="strong">{spaced(group)}</legend>
            <div class="fields">
              {paths.map((path) => (
                <TaskField
                  key={path.join('.')}
                  path={path}
                  label={spaced(path.slice(path.length > 1 ? 1 : 0).join(': '))}
                />
              ))}
            </div>
          </fieldset>
        ))}
      </div>
    </details>
  );
}
