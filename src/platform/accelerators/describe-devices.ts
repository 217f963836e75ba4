import type { Device } from './nvidia-smi.js';

/** `2 x NVIDIA H100 80GB HBM3, 80 GiB`, kinds by name; empty for none. */
export function describeDevices(devices: readonly Device[]): string {
  const counts = new Map<string, number>();
  for (const { product = 'accelerator', totalMiB } of devices) {
    const kind = totalMiB === null ? product : `${product}, ${Math.round(totalMiB / 1024)} GiB`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => `${count} x ${kind}`)
    .join('; ');
}
