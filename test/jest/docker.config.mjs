import { suite } from './shared.mjs';

// One daemon for all files, and one engine at a time; limits only end what hangs.
export default suite(['test/docker/**/*.test.ts'], {
  globalSetup: '<rootDir>/test/docker/daemon.mjs',
  globalTeardown: '<rootDir>/test/docker/stop-daemon.mjs',
  maxWorkers: 1,
  forceExit: true,
  testTimeout: 900_000,
});
