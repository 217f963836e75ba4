import { suite } from './shared.mjs';

// One node, on a machine of its own that scripts/test.mjs makes; limits only end what hangs.
export default suite(['test/node/**/*.test.ts'], { maxWorkers: 1, forceExit: true, testTimeout: 1_200_000 });
