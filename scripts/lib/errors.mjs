/** Errors that set-up shows without a stack trace. */

/** Something the user can put right; the message says what is wrong and the way out. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** A tool that set-up started ended badly. */
export class ToolError extends SetupError {
  name = 'ToolError';

  /**
   * @param {string} command what was run, for the reader
   * @param {string} reason how it ended, such as `exit code 1`
   * @param {string} tail the last lines that the tool printed
   */
  constructor(command, reason, tail) {
    super(`${command}: ${reason}${tail ? `\n${tail.replace(/^/gm, '    ')}` : ''}`);
    this.tail = tail;
  }
}
