/** A table that scrolls in its own box, also by the keyboard; for rows that need no sorting. */
import type { ComponentChildren, JSX } from 'preact';

interface TableBoxProps {
  readonly label: string;
  readonly kind?: string;
  /** The cells of its head. */
  readonly head: ComponentChildren;
  /** Its rows. */
  readonly children: ComponentChildren;
}

export function TableBox({ label, kind = '', head, children }: TableBoxProps): JSX.Element {
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={label}>
      <table class={`table ${kind}`.trim()}>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
