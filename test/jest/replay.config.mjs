import { suite } from './shared.mjs';

export default suite(['test/replay/**/*.test.ts'], { maxWorkers: 1, forceExit: true, testTimeout: 60_000 });
