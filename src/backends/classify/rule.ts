/** What a rule of the classifier is, and what the moment of a failure makes of its code. */
import type { FailureCode } from '../../domain/failures.js';

/** `start`: it has not served a completion yet; `load`: it has. */
export type Phase = 'start' | 'load';

export interface Rule {
  /** The code at start; `atPhase` turns it into the one under load. */
  readonly code: FailureCode;
  /** Tried on every line by itself. Lines are cut to MAX_LINE before, and no pattern nests quantifiers: logs are hostile. */
  readonly pattern: RegExp;
  /** What it means, as a part of a sentence. */
  readonly says: string;
  /** An engine that has served has its arguments, its port and its model: there, the same words mean something else. */
  readonly startOnly?: true;
}

const UNDER_LOAD: Partial<Record<FailureCode, FailureCode>> = {
  OUT_OF_MEMORY: 'OUT_OF_MEMORY_UNDER_LOAD',
  ENGINE_START_TIMEOUT: 'ENGINE_UNRESPONSIVE',
};

/** The code of the same trouble at that moment: what to do about it is not the same. */
export function atPhase(code: FailureCode, phase: Phase): FailureCode {
  return (phase === 'load' ? UNDER_LOAD[code] : undefined) ?? code;
}
