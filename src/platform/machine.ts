import { cpus, totalmem } from 'node:os';

/** This machine without its name: `8 x Some Processor, 64 GiB`. */
export function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() || 'unknown processor';
  return `${processors.length} x ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}
