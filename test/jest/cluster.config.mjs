import { suite } from './shared.mjs';

// A whole control plane a file: one at a time, and limits that only end what hangs.
export default suite(['test/cluster/**/*.test.ts'], { maxWorkers: 1, forceExit: true, testTimeout: 180_000 });
