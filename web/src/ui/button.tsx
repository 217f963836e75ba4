import { useState } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon.js';
import { toast } from './toasts.js';

export interface ButtonProps {
  readonly children: ComponentChildren;
  /** While what it returns is pending, it cannot be pressed again; what goes wrong is told. */
  readonly onPress: () => unknown;
  readonly kind?: 'primary' | 'danger' | 'quiet' | undefined;
  readonly small?: boolean;
  readonly icon?: IconName;
  readonly disabled?: boolean | undefined;
  readonly title?: string | undefined;
  readonly label?: string;
}

export function Button(props: ButtonProps): JSX.Element {
  const { children, onPress, kind, small, icon, disabled, title, label } = props;
  const [busy, setBusy] = useState(false);
  const press = async (): Promise<void> => {
    setBusy(true);
    try {
      await onPress();
    } catch (error) {
      toast((error as Error).message, 'bad');
    } finally {
      setBusy(false);
    }
  };
  return (
    <button
      type="button"
      class={`button ${kind ?? ''} ${small ? 'small' : ''}`}
      disabled={disabled || busy}
      title={title}
      aria-label={label}
      onClick={() => void press()}
    >
      {icon && <Icon name={icon} size={small ? 13 : 15} />}
      {children}
    </button>
  );
}

/** Copies a text and says so in its place. */
export function CopyButton({ text, what }: { text: string; what: string }): JSX.Element {
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await copyText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1600);
  };
  return (
    <Button small icon={done ? 'done' : 'copy'} onPress={copy} label={`Copy ${what}`}>
      {done ? 'Copied' : 'Copy'}
    </Button>
  );
}

/** The clipboard is for pages of a secure origin only; a selection can always be copied. */
async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (!copied) throw new Error('This browser does not let a page copy. Select the text instead.');
  return undefined;
}
