/** What a tune can be told. What cannot be taken back asks first. */
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { useLocation } from 'wouter-preact';
import { RetryFailedDialog } from './retry-failed.js';
import { post } from '../../api/http.js';
import { tunePage, tunePath, type TuneRef } from '../../api/paths.js';
import { aboutQuery, refreshTune } from '../../api/queries.js';
import { Button } from '../../ui/button.js';
import { Confirm } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { toast } from '../../ui/toasts.js';
import type { Said, TuneAction, TuneView } from '../../../../src/contracts/http/index.js';

export function TuneActions({ tune, view }: { tune: TuneRef; view: TuneView }): JSX.Element {
  const [asking, setAsking] = useState<TuneAction | null>(null);
  const [, navigate] = useLocation();
  const { data: about } = useQuery(aboutQuery);
  const mayWrite = about?.access.mayWrite !== false;
  const close = (): void => setAsking(null);
  const tell = async (action: TuneAction, body: object = {}): Promise<void> => {
    const { message } = await post<Said>(tunePath(tune, `/${action}`), body);
    toast(message);
    await refreshTune(tune);
  };
  const can = (action: TuneAction): boolean => mayWrite && view.actions.includes(action);
  const isPaused = view.phase === 'paused';
  return (
    <>
      {view.info.closedAt === null && (
        <>
          <Button
            icon={isPaused ? 'play' : 'pause'}
            disabled={!can(isPaused ? 'resume' : 'pause')}
            onPress={() => tell(isPaused ? 'resume' : 'pause')}
          >
            {isPaused ? 'Resume' : 'Pause'}
          </Button>
          <Button disabled={!can('extend')} onPress={() => setAsking('extend')}>
            Extend
          </Button>
          <Button disabled={!can('stop')} onPress={() => setAsking('stop')}>
            Stop
          </Button>
          <Button kind="danger" disabled={!can('cancel')} onPress={() => setAsking('cancel')}>
            Cancel
          </Button>
        </>
      )}
      {can('retry-failed') && <Button onPress={() => setAsking('retry-failed')}>Retry failed</Button>}
      {asking === 'stop' && (
        <Confirm title="Stop with the best so far?" action="Stop it" onConfirm={() => tell('stop')} onClose={close}>
          <p>Running experiments are cancelled and their engines taken down; then the results are written.</p>
        </Confirm>
      )}
      {asking === 'cancel' && (
        <Confirm
          title="Cancel this tune?"
          action="Cancel the tune"
          danger
          onConfirm={() => tell('cancel')}
          onClose={close}
        >
          <p>
            It ends without a verdict. Running experiments take their engines down first. To keep the best so far as a
            result, stop it instead.
          </p>
        </Confirm>
      )}
      {asking === 'extend' && (
        <ExtendDialog onExtend={(iterations) => tell('extend', { iterations })} onClose={close} />
      )}
      {asking === 'retry-failed' && (
        <RetryFailedDialog
          tune={tune}
          onClose={close}
          onStarted={async () => {
            await refreshTune(tune);
            // It goes on in a new run of the same tune.
            navigate(tunePage({ id: tune.id }));
          }}
        />
      )}
    </>
  );
}

interface ExtendProps {
  readonly onExtend: (iterations: number) => unknown;
  readonly onClose: () => void;
}

function ExtendDialog({ onExtend, onClose }: ExtendProps): JSX.Element {
  const [value, setValue] = useState('10');
  const iterations = Number(value);
  const isValid = Number.isInteger(iterations) && iterations > 0;
  return (
    <Confirm
      title="Allow more experiments"
      action="Extend"
      disabled={!isValid}
      onConfirm={() => onExtend(iterations)}
      onClose={onClose}
    >
      <TextField
        label="How many more"
        type="number"
        value={value}
        onChange={setValue}
        error={isValid ? undefined : 'A whole number above 0.'}
        hint="The search may try so many combinations more; the budget still holds."
      />
    </Confirm>
  );
}
