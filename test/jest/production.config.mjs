import { suite } from './shared.mjs';

/** What `integration` shows on a development server, on a production one, and what only that one has. */
export default suite(['test/integration/**/*.test.ts', 'test/production/**/*.test.ts'], {
  globalSetup: '<rootDir>/test/production/database.mjs',
  globalTeardown: '<rootDir>/test/production/stop-database.mjs',
  // Each file has a Temporal server of its own.
  maxWorkers: 2,
  forceExit: true,
  testTimeout: 300_000,
});
