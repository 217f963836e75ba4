import { suite } from './shared.mjs';

const SHOWN_ON_BOTH = ['test/integration/**/*.test.ts', 'test/interfaces/**/*.test.ts'];

/** What `integration` and `interfaces` show on a development server, on a production one, and what only that one has. */
export default suite([...SHOWN_ON_BOTH, 'test/production/**/*.test.ts'], {
  globalSetup: '<rootDir>/test/production/database.mjs',
  globalTeardown: '<rootDir>/test/production/stop-database.mjs',
  // Each file has a Temporal server of its own.
  maxWorkers: 2,
  forceExit: true,
  testTimeout: 300_000,
});
