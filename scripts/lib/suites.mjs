/** Runs one check or one Jest suite and counts what passed. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { runInForeground } from './child.mjs';
import { inCache, inProject, projectDir } from './paths.mjs';

/**
 * @typedef {object} SuiteResult
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} seconds
 */

/** @returns {Promise<{ exitCode: number, seconds: number }>} */
async function runTimed(args) {
  const started = performance.now();
  const exitCode = await runInForeground(process.execPath, args, { cwd: projectDir });
  return { exitCode, seconds: (performance.now() - started) / 1000 };
}

/**
 * A check counts as one test.
 * @param {{ name: string, tool: string, args: string[] }} check `tool` is a script below node_modules
 * @returns {Promise<SuiteResult>}
 */
export async function runCheck({ name, tool, args }) {
  const { exitCode, seconds } = await runTimed([inProject('node_modules', tool), ...args]);
  const passed = exitCode === 0 ? 1 : 0;
  return { name, passed, failed: 1 - passed, skipped: 0, seconds };
}

function readCounts(file) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    return {
      passed: results.numPassedTests,
      // A file that cannot even be loaded has no tests that could be counted.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

/**
 * A suite that crashed, reports failure without a failed test, or ran no test counts as one failed.
 * @param {string} name test/jest/<name>.config.mjs is its configuration
 * @param {string[]} extraArgs for Jest
 * @returns {Promise<SuiteResult>}
 */
export async function runJestSuite(name, extraArgs) {
  const resultFile = inCache('test-results', `${name}.json`);
  mkdirSync(path.dirname(resultFile), { recursive: true });
  rmSync(resultFile, { force: true });
  const jest = ['--experimental-vm-modules', '--no-warnings', inProject('node_modules', 'jest', 'bin', 'jest.js')];
  const config = ['-c', inProject('test', 'jest', `${name}.config.mjs`)];
  const { exitCode, seconds } = await runTimed([
    ...jest,
    ...config,
    '--json',
    '--outputFile',
    resultFile,
    ...extraArgs,
  ]);
  const counts = readCounts(resultFile);
  if (counts.failed === 0 && (exitCode !== 0 || counts.passed === 0)) counts.failed = 1;
  return { name, ...counts, seconds };
}
