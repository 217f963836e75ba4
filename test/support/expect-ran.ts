import { expect } from '@jest/globals';
import type { Ran } from './world.js';

/** A command that refuses: its exit code, and one message instead of a stack. */
export function expectRan(ran: Ran, code: number, stderr: RegExp): void {
  expect(ran.stderr).toMatch(stderr);
  expect(ran.code).toBe(code);
  // One message, no stack.
  expect(ran.stderr).not.toContain('    at ');
}
