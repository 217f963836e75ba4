/** A command line that can be pasted into a POSIX shell: every argument stays one argument, whatever it contains. */
export function shellQuote(command: readonly string[]): string {
  return command
    .map((argument) => (/^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
