import { bundledWorkflows, suite } from './shared.mjs';

export default suite(['test/replay/**/*.test.ts'], {
  ...bundledWorkflows,
  maxWorkers: 1,
  forceExit: true,
  testTimeout: 60_000,
});
