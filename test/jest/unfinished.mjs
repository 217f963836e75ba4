/** Keeps, next to the results, which test files have begun and not ended: what a suite that hangs and is ended could not say. */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export default class Unfinished {
  #begun = new Set();
  #rootDir;
  #file;

  /** @param {{ rootDir: string, outputFile?: string }} globalConfig Jest's; without an output file nothing is kept */
  constructor({ rootDir, outputFile }) {
    this.#rootDir = rootDir;
    this.#file = outputFile && `${outputFile}.unfinished`;
  }

  onTestFileStart({ path: testFile }) {
    this.#begun.add(path.relative(this.#rootDir, testFile));
    this.#write();
  }

  onTestFileResult({ path: testFile }) {
    this.#begun.delete(path.relative(this.#rootDir, testFile));
    this.#write();
  }

  onRunComplete() {
    if (this.#file) rmSync(this.#file, { force: true });
  }

  #write() {
    if (this.#file) writeFileSync(this.#file, [...this.#begun].sort().join(', '));
  }
}
