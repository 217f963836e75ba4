/** From the task to a tune, or to one that starts by itself. */
import { useMemo, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { useLocation } from 'wouter-preact';
import { ScheduleDialog } from './schedule-dialog.js';
import { post } from '../../api/http.js';
import { tunePage } from '../../api/paths.js';
import { aboutQuery, queryClient } from '../../api/queries.js';
import { randomId } from '../../lib/random-id.js';
import { Button } from '../../ui/button.js';
import { toast } from '../../ui/toasts.js';
import type { StartedTune } from '../../../../src/contracts/http/index.js';

interface Props {
  readonly text: string;
  readonly isValid: boolean;
  /** Whether it learns from earlier tunes. */
  readonly reuse: boolean;
}

export function Start({ text, isValid, reuse }: Props): JSX.Element {
  const [, navigate] = useLocation();
  const [isScheduling, setScheduling] = useState(false);
  const { data: about } = useQuery(aboutQuery);
  // The same text started twice by a shaky connection is one tune.
  const key = useMemo(randomId, [text, reuse]);
  const mayWrite = about?.access.mayWrite !== false;
  const why = mayWrite ? (isValid ? undefined : 'The task is not valid yet.') : 'The token of this page may only read.';
  const start = async (): Promise<void> => {
    const body = { source: text, options: reuse ? {} : { reuse: false } };
    const { tune, hasWorkers } = await post<StartedTune>('/tunes', body, { 'idempotency-key': key });
    void queryClient.invalidateQueries({ queryKey: ['tunes'] });
    toast(hasWorkers ? `Started ${tune.id}.` : `Started ${tune.id}. It waits until a worker is there.`);
    navigate(tunePage({ id: tune.id, run: tune.runId }));
  };
  return (
    <>
      <Button disabled={why !== undefined} title={why} onPress={() => setScheduling(true)}>
        Schedule
      </Button>
      <Button kind="primary" disabled={why !== undefined} title={why} onPress={start}>
        Start the tune
      </Button>
      {isScheduling && <ScheduleDialog source={text} onClose={() => setScheduling(false)} />}
    </>
  );
}
