import { suite } from './shared.mjs';

// As the suite `e2e`.
export default suite(['test/open-loop/**/*.test.ts'], { maxWorkers: 1, forceExit: true, testTimeout: 300_000 });
