/** What every suite has in common: native ES modules, TypeScript by swc. */
import { fileURLToPath } from 'node:url';

/** For suites that load the workflows: their code is bundled once, not once a file. */
export const bundledWorkflows = { globalSetup: '<rootDir>/test/jest/bundle-workflows.mjs' };

export function suite(testMatch, options = {}) {
  return {
    rootDir: fileURLToPath(new URL('../..', import.meta.url)),
    testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
    testEnvironment: 'node',
    reporters: ['default', '<rootDir>/test/jest/unfinished.mjs'],
    extensionsToTreatAsEsm: ['.ts'],
    transform: {
      '^.+\\.ts$': [
        '@swc/jest',
        { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
      ],
    },
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/', '<rootDir>/engine/'],
    ...options,
  };
}
