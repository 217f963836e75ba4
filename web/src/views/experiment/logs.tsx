/** The end of the engine's and the benchmark's logs, and all of them as files. */
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { tuneRunPath, type TuneRef } from '../../api/paths.js';
import { logQuery } from '../../api/queries.js';
import { saveFromApi } from '../../lib/download.js';
import { formatBytes } from '../../lib/format.js';
import { Button } from '../../ui/button.js';
import { Code, Panel } from '../../ui/blocks.js';
import { Loading, Problem } from '../../ui/feedback.js';
import type { ExperimentDetail } from '../../../../src/contracts/http/index.js';

type Log = ExperimentDetail['logs'][number];
const LINES = 300;

interface Props {
  readonly tune: TuneRef;
  readonly n: number;
  readonly logs: readonly Log[];
}

export function Logs({ tune, n, logs }: Props): JSX.Element | null {
  const [chosen, setChosen] = useState<Log['kind'] | null>(null);
  if (logs.length === 0) return null;
  return (
    <Panel
      title="Logs"
      aside={
        <span class="segmented" role="group" aria-label="Which log">
          {logs.map(({ kind, bytes }) => (
            <button
              key={kind}
              type="button"
              aria-pressed={chosen === kind}
              onClick={() => setChosen(chosen === kind ? null : kind)}
            >
              {kind} <span class="muted small">{formatBytes(bytes)}</span>
            </button>
          ))}
        </span>
      }
    >
      {chosen ? <LogText tune={tune} n={n} kind={chosen} /> : <p class="muted">Choose a log to see its end.</p>}
    </Panel>
  );
}

function LogText({ tune, n, kind }: { tune: TuneRef; n: number; kind: Log['kind'] }): JSX.Element {
  const { data, error } = useQuery(logQuery(tune, n, kind, LINES));
  if (error) return <Problem error={error} what="log" />;
  if (data === undefined) return <Loading height={240} />;
  const path = tuneRunPath(tune, `/experiments/${n}/logs/${kind}`);
  return (
    <Code
      title={`${kind} log, at most its last ${LINES} lines`}
      text={data || 'It is empty.'}
      actions={
        <Button small icon="save" onPress={() => saveFromApi(path, `${tune.id}-${n}-${kind}.log`)}>
          All of it
        </Button>
      }
    />
  );
}
