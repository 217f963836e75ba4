import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { useLocation } from 'wouter-preact';
import { post } from '../../api/http.js';
import { queryClient } from '../../api/queries.js';
import { Confirm } from '../../ui/dialog.js';
import { SelectField, TextField } from '../../ui/field.js';
import { toast } from '../../ui/toasts.js';
import type { CreateSchedule, Schedule } from '../../../../src/contracts/http/index.js';

type Overlap = NonNullable<CreateSchedule['overlap']>;

/** When a task is to be tuned by itself. */
export function ScheduleDialog({ source, onClose }: { source: string; onClose: () => void }): JSX.Element {
  const [cron, setCron] = useState('0 3 * * 1');
  const [overlap, setOverlap] = useState<Overlap>('skip');
  const [, navigate] = useLocation();
  const create = async (): Promise<void> => {
    const schedule = await post<Schedule>('/schedules', { source, cron, overlap } satisfies CreateSchedule);
    await queryClient.invalidateQueries({ queryKey: ['schedules'] });
    toast(`${schedule.taskName} is scheduled.`);
    navigate('/schedules');
  };
  return (
    <Confirm
      title="Tune this again and again"
      action="Schedule it"
      disabled={cron.trim() === ''}
      onConfirm={create}
      onClose={onClose}
    >
      <TextField
        label="When"
        value={cron}
        onChange={setCron}
        hint="Minute, hour, day, month, weekday, in UTC: 0 3 * * 1 is Mondays at three. Another zone: CRON_TZ=Europe/Berlin 0 3 * * 1"
      />
      <SelectField
        label="If the last one still runs"
        value={overlap}
        options={[
          ['skip', 'leave this one out'],
          ['buffer', 'start it afterwards'],
          ['cancel', 'cancel the last one'],
        ]}
        onChange={(value) => setOverlap(value as Overlap)}
      />
    </Confirm>
  );
}
