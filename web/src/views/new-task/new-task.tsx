/** A new task: a form and its YAML side by side, checked and planned while it is written. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { keepPreviousData, useQuery } from '@tanstack/preact-query';
import { FIRST_TASK, loadDraft, saveDraft } from './drafts.js';
import { Editor } from './editor.js';
import { FormContext } from './form-context.js';
import { PlanPanel } from './plan-panel.js';
import type { Schema } from './schema.js';
import { readSource, withValue, type Mark } from './source.js';
import { Start } from './start.js';
import { TaskForm } from './task-form.js';
import { getJson, post } from '../../api/http.js';
import { useDebounced } from '../../lib/debounced.js';
import { saveText } from '../../lib/download.js';
import { Button } from '../../ui/button.js';
import { Panel } from '../../ui/blocks.js';
import { Loading, Problem } from '../../ui/feedback.js';
import { Page } from '../../ui/page.js';
import { Badge } from '../../ui/status.js';
import type { Plan, Validation } from '../../../../src/contracts/http/index.js';

export function NewTask(): JSX.Element {
  const [text, setText] = useState(loadDraft);
  const [reuse, setReuse] = useState(true);
  const schema = useQuery({
    queryKey: ['task-schema'],
    queryFn: ({ signal }) => getJson<Schema>('/schema/task', signal),
    staleTime: Infinity,
  });
  useEffect(() => saveDraft(text), [text]);
  const source = useMemo(() => readSource(text), [text]);
  const check = useCheck(text, source.errors.length === 0);
  const form = schema.data && {
    source,
    schema: schema.data,
    issues: check.issues,
    set: (path: readonly (string | number)[], value: unknown) => setText((before) => withValue(before, path, value)),
  };
  const name = typeof source.value['task_name'] === 'string' ? source.value['task_name'] : 'task';
  return (
    <Page
      title="New task"
      beside={<State state={check.state} count={source.errors.length || check.issues.length} />}
      actions={
        <>
          <Button onPress={() => setText(FIRST_TASK)}>Begin anew</Button>
          <Button icon="save" onPress={() => saveText(`${name}.yaml`, text, 'application/yaml')}>
            Save as a file
          </Button>
          <Start text={text} isValid={check.state === 'valid'} reuse={reuse} />
        </>
      }
    >
      {schema.error && <Problem error={schema.error} what="description of the form" />}
      <div class="task-editor">
        {form ? (
          <FormContext.Provider value={form}>
            <fieldset disabled={source.errors.length > 0}>
              {source.errors.length > 0 && (
                <p class="notice warn">The text beside is no YAML at the moment; the form waits until it is.</p>
              )}
              <TaskForm />
            </fieldset>
          </FormContext.Provider>
        ) : (
          <Loading height={640} />
        )}
        <div class="beside">
          <Panel title="The same as YAML">
            <Editor text={text} marks={marksOf(source.errors, check.issues)} onChange={setText} />
          </Panel>
          <PlanPanel plan={check.plan} error={check.planError} isValid={check.state === 'valid'}>
            <label class="check">
              <input type="checkbox" checked={reuse} onChange={(event) => setReuse(event.currentTarget.checked)} />
              Learn from earlier tunes of this model
            </label>
          </PlanPanel>
        </div>
      </div>
    </Page>
  );
}

interface Check {
  readonly state: 'checking' | 'valid' | 'invalid' | 'unknown';
  readonly issues: Validation['issues'];
  readonly plan: Plan | undefined;
  readonly planError: Error | null;
}

/** Asks the server, which knows the rules, once the text has come to rest. */
function useCheck(text: string, isYaml: boolean): Check {
  const settled = useDebounced(text, 250);
  const validation = useQuery({
    queryKey: ['validate', settled],
    queryFn: () => post<Validation>('/tasks/validate', { source: settled }),
    enabled: isYaml && settled.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const isCurrent = settled === text && !validation.isPlaceholderData;
  const isValid = isCurrent && validation.data?.valid === true;
  const plan = useQuery({
    queryKey: ['plan', settled],
    queryFn: () => post<Plan>('/tasks/plan', { source: settled }),
    enabled: isValid,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
    retry: false,
  });
  const state = !isYaml
    ? 'invalid'
    : validation.error
      ? 'unknown'
      : !isCurrent
        ? 'checking'
        : isValid
          ? 'valid'
          : 'invalid';
  return {
    state,
    issues: isYaml ? (validation.data?.issues ?? []) : [],
    plan: plan.data,
    planError: isValid ? plan.error : null,
  };
}

function State({ state, count }: { state: Check['state']; count: number }): JSX.Element {
  if (state === 'valid') return <Badge tone="ok">valid</Badge>;
  if (state === 'invalid')
    return <Badge tone="bad">{count === 1 ? '1 thing is wrong' : `${count} things are wrong`}</Badge>;
  return <Badge tone="">{state === 'checking' ? 'checking' : 'not checked'}</Badge>;
}

function marksOf(errors: readonly Mark[], issues: Validation['issues']): Mark[] {
  if (errors.length > 0) return [...errors];
  return issues.map(({ line = 1, path, message }) => ({
    line,
    message: path.length > 0 ? `${path.join('.')}: ${message}` : message,
  }));
}
