import { suite } from './shared.mjs';

// Real servers and real processes: limits are generous, since they only end what hangs.
export default suite(['test/integration/**/*.test.ts'], { maxWorkers: 2, forceExit: true, testTimeout: 180_000 });
