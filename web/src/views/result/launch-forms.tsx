/** How to run the best: as text to copy or to save. */
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { saveText } from '../../lib/download.js';
import { Button } from '../../ui/button.js';
import { Code, Panel } from '../../ui/blocks.js';
import type { Launch } from '../../../../src/contracts/http/index.js';

export function LaunchForms({ launch }: { launch: Launch }): JSX.Element | null {
  const [chosen, setChosen] = useState(launch.forms[0]?.form ?? '');
  const form = launch.forms.find((one) => one.form === chosen) ?? launch.forms[0];
  if (!form) return null;
  const what = launch.experimentId === 0 ? 'the baseline' : `experiment ${launch.experimentId}`;
  return (
    <Panel
      title={`Run ${what}`}
      aside={
        <span class="segmented" role="group" aria-label="How to run it">
          {launch.forms.map(({ form: name, title }) => (
            <button key={name} type="button" aria-pressed={name === form.form} onClick={() => setChosen(name)}>
              {title}
            </button>
          ))}
        </span>
      }
    >
      <div class="stack tight">
        <Code
          title={form.title}
          text={form.text}
          wrap={form.language === 'shell'}
          actions={
            <Button
              small
              icon="save"
              onPress={() => saveText(form.fileName, form.text)}
              label={`Download ${form.title}`}
            >
              Download
            </Button>
          }
        />
        {form.notes.map((note) => (
          <p key={note} class="small muted">
            {note}
          </p>
        ))}
      </div>
    </Panel>
  );
}
