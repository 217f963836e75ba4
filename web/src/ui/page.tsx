/** The frame of every view: its title, which a screen reader hears when the view opens. */
import { useEffect, useRef } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';
import { Link } from 'wouter-preact';

interface PageProps {
  readonly title: string;
  readonly crumbs?: readonly (readonly [string, string])[];
  readonly beside?: ComponentChildren;
  readonly under?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

let isFirst = true;

export function Page({ title, crumbs = [], beside, under, actions, children }: PageProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · autotuner`;
  }, [title]);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  return (
    <div class="page">
      <div class="page-head">
        <div class="titles">
          {crumbs.length > 0 && (
            <nav class="crumbs" aria-label="Where this is">
              {crumbs.map(([name, href]) => (
                <span key={href}>
                  <Link href={href}>{name}</Link> ›
                </span>
              ))}
            </nav>
          )}
          <div class="row">
            <h1 ref={heading} tabIndex={-1}>
              {title}
            </h1>
            {beside}
          </div>
          {under}
        </div>
        {actions && <div class="row">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
