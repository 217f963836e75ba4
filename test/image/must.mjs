import { runAndCollect } from '../../scripts/lib/child.mjs';

/**
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options] as those of `runAndCollect`
 * @returns {Promise<string>} what it said
 * @throws {Error} with the end of what it said when it fails
 */
export async function must(command, args, options) {
  const { exitCode, output } = await runAndCollect(command, args, options);
  if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output.slice(-6000)}`);
  return output.trim();
}
