import { suite } from './shared.mjs';

// The part of the suite `cluster` that holds for a real OME. Each test is named: what was not checked, and why, is of interest.
export default suite(['test/cluster/*-contract.test.ts'], {
  maxWorkers: 1,
  forceExit: true,
  verbose: true,
  testTimeout: 180_000,
});
