/** What is being measured now, with the phase it is in. */
import type { JSX } from 'preact';
import { Link } from 'wouter-preact';
import { tunePage, type TuneRef } from '../../api/paths.js';
import { useNow } from '../../lib/clock.js';
import { formatDuration } from '../../lib/format.js';
import { PHASES } from '../../lib/phases.js';
import { Panel } from '../../ui/blocks.js';
import { Empty } from '../../ui/feedback.js';
import type { RunningExperimentView, TuneView } from '../../../../src/contracts/http/index.js';

export function Running({ tune, view }: { tune: TuneRef; view: TuneView }): JSX.Element {
  const now = useNow(view.running.length > 0);
  return (
    <Panel title="Running now" flush>
      {view.running.length === 0 ? (
        <Empty>{view.phase === 'paused' ? 'Paused: nothing is started until it is resumed.' : whyIdle(view)}</Empty>
      ) : (
        <ul class="running">
          {view.running.map((item) => (
            <Item key={item.experimentId} tune={tune} item={item} now={now} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function whyIdle(view: TuneView): string {
  if (!view.hasWorker) return 'No worker answers. Start one with `autotuner worker`.';
  return view.phase === 'preparing' ? 'The task is being prepared.' : 'Nothing at this moment.';
}

function Item({ tune, item, now }: { tune: TuneRef; item: RunningExperimentView; now: number }): JSX.Element {
  const at = PHASES.findIndex(([phase]) => phase === item.phase);
  return (
    <li>
      <Link href={tunePage(tune, `/experiments/${item.experimentId}`)} class="mono">
        {item.title}
      </Link>
      <span class="small muted nowrap">{formatDuration((now - Date.parse(item.since)) / 1000)} in this phase</span>
      <ol class="steps" aria-label="Phases">
        {PHASES.map(([phase, , words], i) => (
          <li key={phase} class={i < at ? 'done' : i === at ? 'now' : ''} aria-current={i === at ? 'step' : undefined}>
            {words}
          </li>
        ))}
      </ol>
      <span class="small muted">{item.detail || ' '}</span>
    </li>
  );
}
