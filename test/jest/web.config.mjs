import { suite } from './shared.mjs';

// A browser and servers a file: one at a time, and limits that only end what hangs.
export default suite(['test/web/**/*.test.ts'], { maxWorkers: 1, forceExit: true, testTimeout: 120_000 });
