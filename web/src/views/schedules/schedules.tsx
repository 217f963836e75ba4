/** Tunes that start by themselves. */
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { post, remove } from '../../api/http.js';
import { tunePage } from '../../api/paths.js';
import { aboutQuery, queryClient, scheduleQuery, schedulesQuery } from '../../api/queries.js';
import { formatDuration, formatExactTime, formatTime } from '../../lib/format.js';
import { Button } from '../../ui/button.js';
import { Facts } from '../../ui/blocks.js';
import { Confirm } from '../../ui/dialog.js';
import { Empty, Loading, Problem } from '../../ui/feedback.js';
import { Page } from '../../ui/page.js';
import { Badge } from '../../ui/status.js';
import { toast } from '../../ui/toasts.js';
import type { Said, Schedule, ScheduleDetail } from '../../../../src/contracts/http/index.js';

export function Schedules(): JSX.Element {
  const { data, error, isPending } = useQuery({ ...schedulesQuery, refetchInterval: 15_000 });
  return (
    <Page
      title="Schedules"
      under={<span class="small muted">The same task tuned again and again: what changes shows in its history.</span>}
      actions={
        <Link href="/new" class="button primary">
          Schedule a task
        </Link>
      }
    >
      {error && <Problem error={error} what="list of schedules" />}
      {isPending && !error && <Loading height={240} />}
      {data?.items.length === 0 && (
        <Empty>
          <p>Nothing is scheduled. Describe a task, then choose “Schedule” instead of “Start the tune”.</p>
        </Empty>
      )}
      {data?.items.map((schedule) => (
        <One key={schedule.id} schedule={schedule} />
      ))}
    </Page>
  );
}

function One({ schedule }: { schedule: Schedule }): JSX.Element {
  const { id, taskName, paused, nextAt, recent, note } = schedule;
  const [isRemoving, setRemoving] = useState(false);
  const { data: about } = useQuery(aboutQuery);
  const { data: detail } = useQuery(scheduleQuery(id));
  const mayNotWrite = about?.access.mayWrite === false;
  const path = `/schedules/${encodeURIComponent(id)}`;
  const refresh = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: ['schedules'] });
    await queryClient.invalidateQueries({ queryKey: ['schedule', id] });
  };
  const tell = (action: string) => async () => {
    toast((await post<Said>(`${path}/${action}`)).message);
    await refresh();
  };
  const [next] = nextAt;
  return (
    <section class="panel" aria-label={`Schedule ${taskName}`}>
      <header>
        <span class="row">
          <h2>{taskName}</h2>
          {paused ? <Badge tone="warn">paused</Badge> : <Badge tone="ok">active</Badge>}
        </span>
        <span class="row">
          <Button small disabled={mayNotWrite} onPress={tell('trigger')}>
            Start now
          </Button>
          <Button small disabled={mayNotWrite} onPress={tell(paused ? 'resume' : 'pause')}>
            {paused ? 'Resume' : 'Pause'}
          </Button>
          <Button small kind="danger" disabled={mayNotWrite} onPress={() => setRemoving(true)}>
            Delete
          </Button>
        </span>
      </header>
      <div class="body">
        <Facts
          items={[
            ['When', whenOf(detail) ?? <span class="muted">…</span>],
            ['Next', next ? <time title={formatExactTime(next)}>{formatTime(next)}</time> : null],
            ['Started lately', recent.length > 0 ? <Recent recent={recent} /> : 'nothing yet'],
            ['Over time', <Link href={`/history/trends/${encodeURIComponent(taskName)}`}>its results over time</Link>],
            ['Note', note],
          ]}
        />
      </div>
      {isRemoving && (
        <Confirm
          title={`Delete the schedule ${taskName}?`}
          action="Delete it"
          danger
          onConfirm={async () => {
            await remove(path);
            toast(`The schedule ${taskName} is deleted.`);
            await refresh();
          }}
          onClose={() => setRemoving(false)}
        >
          <p>No further tune is started by it. Those that it has started stay, and one that runs goes on.</p>
        </Confirm>
      )}
    </section>
  );
}

function whenOf(detail: ScheduleDetail | undefined): string | null {
  if (!detail) return null;
  const every = detail.everySeconds ? [`every ${formatDuration(detail.everySeconds)}`] : [];
  return [...detail.cron, ...every].join('; ') || 'as Temporal’s own UI says';
}

function Recent({ recent }: { recent: Schedule['recent'] }): JSX.Element {
  return (
    <ul class="row">
      {recent.slice(0, 6).map(({ at, tune }) => (
        <li key={at} title={formatExactTime(at)}>
          {tune ? <Link href={tunePage({ id: tune })}>{formatTime(at)}</Link> : formatTime(at)}
        </li>
      ))}
    </ul>
  );
}
