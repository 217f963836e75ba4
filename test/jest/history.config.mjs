import { suite } from './shared.mjs';

// Real databases and processes that are killed: limits only end what hangs.
export default suite(['test/history/**/*.test.ts'], { maxWorkers: 2, forceExit: true, testTimeout: 900_000 });
