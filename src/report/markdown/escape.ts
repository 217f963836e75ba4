/** Text as Markdown shows it. */
import { visible } from '../html/escape.js';

/** Every character that could begin markup, HTML, a formula or a link of CommonMark and GitHub's dialect is escaped; it is one line. */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/[\\`*_{}[\]<>|~#&$^!]/g, '\\$&')
    .replace(/(https?|ftp|mailto|xmpp)(:)/gi, '$1\\$2')
    .replace(/\bwww\./gi, (found) => `${found.slice(0, -1)}\\.`)
    .replace(/@(?=\w)/g, '\\@')
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
    .trim();
}

/** Text as it is, in a fence that it cannot close. */
export function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${visible(text, true).replace(/\n+$/, '')}\n${fence}`;
}
