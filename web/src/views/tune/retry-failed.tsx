import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { post } from '../../api/http.js';
import { tunePath, type TuneRef } from '../../api/paths.js';
import { Confirm } from '../../ui/dialog.js';
import { Loading, Problem } from '../../ui/feedback.js';
import { toast } from '../../ui/toasts.js';
import type { Retried } from '../../../../src/contracts/http/index.js';

interface Props {
  readonly tune: TuneRef;
  readonly onStarted: () => unknown;
  readonly onClose: () => void;
}

/** Says what would run again, then does it. */
export function RetryFailedDialog({ tune, onStarted, onClose }: Props): JSX.Element {
  const path = tunePath(tune, '/retry-failed');
  const dryRun = useQuery({
    queryKey: ['retry', tune.id],
    queryFn: () => post<Retried>(path, { dryRun: true }),
    staleTime: 0,
    retry: false,
  });
  const retry = async (): Promise<void> => {
    const { words } = await post<Retried>(path, {});
    toast(`Runs again: ${words}`);
    await onStarted();
  };
  const again = dryRun.data?.again ?? [];
  return (
    <Confirm
      title="Run again what failed"
      action="Run them again"
      disabled={again.length === 0}
      onConfirm={retry}
      onClose={onClose}
    >
      <p>A new run of this tune keeps all other results.</p>
      {dryRun.isPending && <Loading height={60} />}
      {dryRun.error && <Problem error={dryRun.error} what="list of failed experiments" />}
      {dryRun.data && (
        <div class="stack tight small">
          <span class="strong">{dryRun.data.words || 'Nothing has failed.'}</span>
          <ul class="stack tight">
            {again.slice(0, 8).map(({ experimentId, title, reason }) => (
              <li key={experimentId}>
                {title}: <span class="muted">{reason}</span>
              </li>
            ))}
            {again.length > 8 && <li class="muted">and {again.length - 8} more</li>}
          </ul>
        </div>
      )}
    </Confirm>
  );
}
