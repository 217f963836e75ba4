import type { Device } from './nvidia-smi.js';

/** The devices that this process was told to use by CUDA's own variable; all when it is not set. */
export function visibleDevices(devices: readonly Device[], variable: string | undefined): Device[] {
  if (variable === undefined) return [...devices];
  const named = variable.split(',').map((name) => name.trim());
  return named.flatMap((name) => {
    const found = devices.find(({ index, uuid }) => name === String(index) || (name !== '' && uuid.startsWith(name)));
    return found ? [found] : [];
  });
}

/** The devices of each place: neighbours together, none in two places. There are no more places than devices. */
export function shareOut(devices: readonly Device[], places: number): Device[][] {
  const count = Math.min(places, devices.length);
  const start = (place: number): number => Math.floor((place * devices.length) / count);
  return Array.from({ length: count }, (_, place) => devices.slice(start(place), start(place + 1)));
}
