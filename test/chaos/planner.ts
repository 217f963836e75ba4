/** What matrices are made of: runs with a name each, whose faults come at events that the seed chooses. */
import type { Fault, Plan, Planned, Victim } from './faults.js';
import { Random } from './random.js';

/** Nothing can be done before the first event of a history, and nothing is left to disturb after its last ones. */
const [FIRST_EVENT, LAST_EVENTS] = [2, 10];

export class Planner {
  readonly plans: Plan[] = [];
  readonly random: Random;

  /** @param events how many events the history of an undisturbed run has. */
  constructor(
    private readonly seed: number,
    private readonly events: number
  ) {
    this.random = new Random(seed);
  }

  add(name: string, faults: readonly Planned[], engine?: readonly string[]): void {
    const inOrder = [...faults].sort((a, b) => a.atEvent - b.atEvent);
    const number = this.plans.length + 1;
    this.plans.push({
      name: `${name}-${number}`,
      seed: this.seed,
      faults: inOrder,
      ...(engine ? { engine } : {}),
    });
  }

  /** Anywhere in the history. */
  few(count: number, fault: () => Fault): Planned[] {
    return Array.from({ length: count }, () => ({
      atEvent: FIRST_EVENT + this.random.below(this.events - LAST_EVENTS),
      fault: fault(),
    }));
  }

  /** Evenly over the history. @param shift from 0 to 1, so that several runs together touch every event. */
  everywhere(count: number, shift: number, fault: () => Fault): Planned[] {
    const stride = this.events / count;
    return Array.from({ length: count }, (_, i) => ({
      atEvent: Math.max(1, Math.round((i + shift) * stride)),
      fault: fault(),
    }));
  }

  /** Each of them so much later than its event, at most, that it may strike where there are no events. */
  late(planned: readonly Planned[], mostMs: number): Planned[] {
    return planned.map((one) => ({ ...one, afterMs: this.random.below(mostMs) }));
  }
}

export function kill(victim: Victim): () => Fault {
  return () => ({ kind: 'kill', victim });
}
