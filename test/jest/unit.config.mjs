import { suite } from './shared.mjs';

export default suite(['src/**/*.test.ts', 'test/chaos/**/*.test.ts'], { maxWorkers: 2, testTimeout: 30_000 });
