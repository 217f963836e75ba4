import { suite } from './shared.mjs';

// Real servers and real processes: limits are generous, since they only end what hangs, and there are more workers than cores, since
// they mostly wait.
export default suite(['test/integration/**/*.test.ts'], { maxWorkers: 4, forceExit: true, testTimeout: 300_000 });
