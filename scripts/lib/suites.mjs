/** Runs one check or one Jest suite and counts what passed. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { runAndCollect, runInForeground } from './child.mjs';
import { excerpt, jestFailures } from './failures.mjs';
import { inCache, inProject, projectDir } from './paths.mjs';

/**
 * @typedef {object} SuiteResult
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} seconds
 * @property {string[]} failures what failed and why, shortened
 */

/**
 * How each suite runs. One that hangs is ended, and the others still run: the longest took 19 minutes on two busy cores. Milliseconds.
 */
const RUN = { cwd: projectDir, timeout: 40 * 60_000 };

const secondsSince = (startedAtMs) => (performance.now() - startedAtMs) / 1000;

/**
 * A check counts as one test. It prints when it has ended, so that several can run at once.
 * @param {{ name: string, tool?: string, python?: string, args: string[] }} check `tool` is a script below node_modules, `python` an
 *   environment below the cache
 * @returns {Promise<SuiteResult>}
 */
export async function runCheck({ name, tool, python, args }) {
  const startedAtMs = performance.now();
  const program = python ? inCache('python', python, 'bin', 'python') : process.execPath;
  const argv = tool ? [inProject('node_modules', tool), ...args] : args;
  const { exitCode, output } = await runAndCollect(program, argv, { cwd: projectDir });
  const seconds = secondsSince(startedAtMs);
  console.log(`\n--- ${name}${exitCode === 0 ? '' : `: failed\n${output.trimEnd()}`}`);
  const passed = exitCode === 0 ? 1 : 0;
  const failures = exitCode === 0 ? [] : [`${name}: ${excerpt(output)}`];
  return { name, passed, failed: 1 - passed, skipped: 0, seconds, failures };
}

function readCounts(file) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    return {
      passed: results.numPassedTests,
      // A file that cannot even be loaded has no tests that could be counted.
      failed: results.numFailedTests + (results.numRuntimeErrorTestSuites ?? 0),
      skipped: (results.numPendingTests ?? 0) + (results.numTodoTests ?? 0),
      failures: jestFailures(results),
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0, failures: [] };
  }
}

/**
 * A suite that crashed, reports failure without a failed test, or ran no test counts as one failed.
 * @param {string} name test/jest/<name>.config.mjs is its configuration
 * @param {string[]} extraArgs for Jest
 * @param {{ beside?: boolean, within?: string[] }} [options] `beside`: it runs beside another suite, and prints when it has ended;
 *   `within`: a program with arguments that runs what follows them
 * @returns {Promise<SuiteResult>}
 */
export async function runJestSuite(name, extraArgs, { beside = false, within = [] } = {}) {
  const resultFile = emptyResultFile(name);
  const jest = ['--experimental-vm-modules', '--no-warnings', inProject('node_modules', 'jest', 'bin', 'jest.js')];
  const config = ['-c', inProject('test', 'jest', `${name}.config.mjs`)];
  const options = ['--json', '--outputFile', resultFile, ...extraArgs];
  const [program, ...argv] = [...within, process.execPath, ...jest, ...config, ...options];
  const startedAtMs = performance.now();
  let exitCode;
  if (beside) {
    const ran = await runAndCollect(program, argv, RUN);
    console.log(`\n--- ${name}\n${ran.output.trimEnd()}`);
    exitCode = ran.exitCode;
  } else {
    console.log(`\n--- ${name}`);
    exitCode = await runInForeground(program, argv, RUN);
  }
  const seconds = secondsSince(startedAtMs);
  const counts = readCounts(resultFile);
  return { name, ...withCrash(counts, name, exitCode, readUnfinished(resultFile)), seconds };
}

/** What test/jest/unfinished.mjs kept: it is there only where a suite was ended before its end. */
function readUnfinished(resultFile) {
  try {
    return `; still running: ${readFileSync(`${resultFile}.unfinished`, 'utf8')}`;
  } catch {
    return '';
  }
}

/**
 * The short chaos matrix; each run counts as one test.
 * @returns {Promise<SuiteResult>}
 */
export async function runChaos() {
  const name = 'chaos';
  console.log(`\n--- ${name}`);
  const resultFile = emptyResultFile(name);
  const startedAtMs = performance.now();
  const argv = [inProject('test', 'chaos', 'main.mjs'), '--counts', resultFile];
  const exitCode = await runInForeground(process.execPath, argv, RUN);
  const counts = readCounts(resultFile);
  return { name, ...withCrash(counts, name, exitCode), seconds: secondsSince(startedAtMs) };
}

function withCrash(counts, name, exitCode, more = '') {
  if (counts.failed > 0 || (exitCode === 0 && counts.passed > 0)) return counts;
  return {
    ...counts,
    failed: 1,
    failures: [`${name}: exit code ${exitCode} after ${counts.passed} tests that passed${more}`],
  };
}

function emptyResultFile(name) {
  const file = inCache('test-results', `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  for (const stale of [file, `${file}.unfinished`]) rmSync(stale, { force: true });
  return file;
}
