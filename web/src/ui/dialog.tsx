/** A question that stops everything else: the browser's own dialog, which keeps the focus inside and gives it back. */
import { useEffect, useId, useRef } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';
import { Button } from './button.js';

export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren }): JSX.Element {
  const { title, onClose, children } = props;
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      class="dialog"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="stack">
        <h2 id={heading}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

export interface ConfirmProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly action: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onConfirm: () => unknown;
  readonly onClose: () => void;
}

/** Closes when the action has been done; where it failed, it stays. */
export function Confirm(props: ConfirmProps): JSX.Element {
  const { title, children, action, danger, disabled, onConfirm, onClose } = props;
  const confirm = async (): Promise<void> => {
    await onConfirm();
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <div class="row end">
        <Button onPress={onClose}>Keep as it is</Button>
        <Button kind={danger ? 'danger' : 'primary'} onPress={confirm} disabled={disabled}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
