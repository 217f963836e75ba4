/** Loading, nothing there, gone wrong. */
import type { ComponentChildren, JSX } from 'preact';
import { ApiError } from '../api/http.js';

export function Problem({ error, what }: { error: Error; what: string }): JSX.Element {
  if (error instanceof ApiError && error.code === 'not-available')
    return (
      <div class="notice">
        No {what} here: {error.message}.
      </div>
    );
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <div class="notice bad" role="alert">
      <span class="strong">{missing ? `There is no such ${what}.` : `The ${what} could not be read.`}</span>
      <span>{error.message}</span>
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }): JSX.Element {
  return <div class="empty">{children}</div>;
}

/** Keeps the place of what is on its way. */
export function Loading({ height = 180 }: { height?: number }): JSX.Element {
  return (
    <div class="placeholder" style={{ height: `${height}px` }} role="status">
      Loading
    </div>
  );
}
