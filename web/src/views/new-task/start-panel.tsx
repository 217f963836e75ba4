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

export function StartPanel({ text, isValid }: { text: string; isValid: boolean }): JSX.Element {
  const [, navigate] = useLocation();
  const [reuse, setReuse] = useState(true);
  const [isScheduling, setScheduling] = useState(false);
  const { data: about } = useQuery(aboutQuery);
  // The same text started twice by a shaky connection is one tune.
  const key = useMemo(randomId, [text, reuse]);
  const mayWrite = about?.access.mayWrite !== false;
  const start = async (): Promise<void> => {
    const body = { source: text, options: reuse ? {} : { reuse: false } };
    const { tune, hasWorkers } = await post<StartedTune>('/tunes', body, { 'idempotency-key': key });
    void queryClient.invalidateQueries({ queryKey: ['tunes'] });
    toast(hasWorkers ? `Started ${tune.id}.` : `Started ${tune.id}. It waits until a worker is there.`);
    navigate(tunePage({ id: tune.id, run: tune.runId }));
  };
  return (
    <section class="panel start" aria-label="Start">
      <label class="check">
        <input type="checkbox" checked={reuse} onChange={(event) => setReuse(event.currentTarget.checked)} />
        Learn from earlier tunes of this model
      </label>
      <span class="row">
        <Button disabled={!isValid || !mayWrite} onPress={() => setScheduling(true)}>
          Schedule
        </Button>
        <Button kind="primary" disabled={!isValid || !mayWrite} onPress={start}>
          Start the tune
        </Button>
      </span>
      {!mayWrite && <span class="small muted">The token of this page may only read.</span>}
      {isScheduling && <ScheduleDialog source={text} onClose={() => setScheduling(false)} />}
    </section>
  );
}
