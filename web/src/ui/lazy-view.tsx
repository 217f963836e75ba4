/** A view whose code comes when it is first shown. */
import { useEffect, useState } from 'preact/hooks';
import type { ComponentType, JSX } from 'preact';
import { Loading, Problem } from './feedback.js';

export function lazyView<P extends object = Record<never, never>>(
  load: () => Promise<ComponentType<P>>
): (props: P) => JSX.Element {
  let known: ComponentType<P> | null = null;
  return function LazyView(props: P) {
    const [view, setView] = useState<{ component: ComponentType<P> | null; error: Error | null }>({
      component: known,
      error: null,
    });
    useEffect(() => {
      if (known) return;
      load().then(
        (component) => setView({ component: (known = component), error: null }),
        (error: Error) => setView({ component: null, error })
      );
    }, []);
    const { component: View, error } = view;
    if (error) return <Problem error={error} what="view" />;
    return View ? <View {...props} /> : <Loading height={420} />;
  };
}
