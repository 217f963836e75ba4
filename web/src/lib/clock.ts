/** The time, for what shows how long something has taken: one timer for all of them. */
import { useEffect, useState } from 'preact/hooks';

const listeners = new Set<(nowMs: number) => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Milliseconds since the epoch, new every second while the component is shown and `runs`. */
export function useNow(runs = true): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!runs) return undefined;
    setNow(Date.now());
    listeners.add(setNow);
    timer ??= setInterval(() => listeners.forEach((listener) => listener(Date.now())), 1000);
    return () => {
      listeners.delete(setNow);
      if (listeners.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, [runs]);
  return now;
}
