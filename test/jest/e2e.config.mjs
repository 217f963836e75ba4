import { suite } from './shared.mjs';

// Real measurements: one file at a time, or they would disturb each other.
export default suite(['test/e2e/**/*.test.ts'], { maxWorkers: 1, forceExit: true, testTimeout: 300_000 });
