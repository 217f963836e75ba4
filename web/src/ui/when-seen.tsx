/** Keeps the place of something, and makes it when it comes near the window. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';

interface Props {
  /** Pixels. */
  readonly height: number;
  readonly children: ComponentChildren;
}

export function WhenSeen({ height, children }: Props): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        setSeen(true);
        observer.disconnect();
      },
      { rootMargin: '400px' }
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} style={{ minHeight: `${height}px` }}>
      {isSeen && children}
    </div>
  );
}
