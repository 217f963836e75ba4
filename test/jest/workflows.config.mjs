import { suite } from './shared.mjs';

// One at a time and ended by force: the native part of Temporal's SDK keeps handles open, and time skipping is one global clock.
export default suite(['test/workflows/**/*.test.ts'], { maxWorkers: 1, forceExit: true, testTimeout: 60_000 });
