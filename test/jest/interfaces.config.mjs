import { suite } from './shared.mjs';

// As the suite `integration`.
export default suite(['test/interfaces/**/*.test.ts'], { maxWorkers: 4, forceExit: true, testTimeout: 300_000 });
