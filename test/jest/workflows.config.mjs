import { bundledWorkflows, suite } from './shared.mjs';

// Each file has a server of its own, since skipping time is one clock for all of it. Ended by force: the native part of Temporal's SDK
// keeps handles open.
export default suite(['test/workflows/**/*.test.ts'], {
  ...bundledWorkflows,
  maxWorkers: 2,
  forceExit: true,
  testTimeout: 60_000,
});
