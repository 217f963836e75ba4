/** Panels, figures, facts, chips: what views are put together from. */
import { Fragment, type ComponentChildren, type JSX } from 'preact';
import { useId } from 'preact/hooks';
import { CopyButton } from './button.js';

interface PanelProps {
  readonly title: ComponentChildren;
  readonly aside?: ComponentChildren;
  readonly flush?: boolean;
  readonly children: ComponentChildren;
}

/** @param props.flush without a margin inside, for tables. */
export function Panel({ title, aside, flush, children }: PanelProps): JSX.Element {
  const heading = useId();
  return (
    <section class="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {aside}
      </header>
      {flush ? children : <div class="body">{children}</div>}
    </section>
  );
}

export interface FigureProps {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  /** A part from 0 to 1, as a bar. */
  readonly part?: number | undefined;
}

export function Figures({ items }: { items: readonly FigureProps[] }): JSX.Element {
  return (
    <dl class="figures">
      {items.map(({ name, value, note, part }) => (
        <div class="figure" key={name}>
          <dt>{name}</dt>
          <dd title={typeof value === 'string' ? value : undefined}>{value}</dd>
          <dd class="note" title={typeof note === 'string' ? note : undefined}>
            {note}
          </dd>
          {part !== undefined && (
            <dd class="meter" aria-hidden="true">
              <i style={{ width: `${100 * Math.min(1, Math.max(0, part))}%` }} />
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}

/** Names with values; those that are null are left out. */
export function Facts({ items }: { items: readonly (readonly [string, ComponentChildren | null])[] }): JSX.Element {
  return (
    <dl class="facts">
      {items
        .filter(([, value]) => value !== null && value !== '')
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}

type Combination = Readonly<Record<string, string | number | boolean>>;

export function Chips({ combination }: { combination: Combination }): JSX.Element {
  const entries = Object.entries(combination);
  if (entries.length === 0) return <span class="muted">the engine’s defaults</span>;
  return (
    <span class="chips">
      {entries.map(([name, value]) => (
        <span class="chip" key={name}>
          {name} <b>{String(value)}</b>
        </span>
      ))}
    </span>
  );
}

interface CodeProps {
  readonly title: string;
  readonly text: string;
  readonly wrap?: boolean;
  readonly actions?: ComponentChildren;
}

/** Text of a machine, with a button that copies it. */
export function Code({ title, text, wrap, actions }: CodeProps): JSX.Element {
  return (
    <div class={`code ${wrap ? 'wrap' : ''}`}>
      <header>
        <span class="strong">{title}</span>
        <span class="row">
          {actions}
          <CopyButton text={text} what={title} />
        </span>
      </header>
      <pre tabIndex={0} aria-label={title}>
        {text}
      </pre>
    </div>
  );
}
