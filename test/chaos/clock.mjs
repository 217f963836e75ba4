/** Preloaded into a worker: its clock is off by the milliseconds in the file that CHAOS_CLOCK names. Timers are not, as in reality. */
import { readFileSync } from 'node:fs';

const RealDate = Date;
let offsetMs = 0;
const look = () => {
  try {
    offsetMs = Number(readFileSync(process.env.CHAOS_CLOCK, 'utf8')) || 0;
  } catch {
    offsetMs = 0;
  }
};
look();
setInterval(look, 100).unref();

globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [RealDate.now() + offsetMs] : args));
  }

  static now() {
    return RealDate.now() + offsetMs;
  }
};
