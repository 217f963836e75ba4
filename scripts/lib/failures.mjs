/** What failed, short enough to stand together at the end of a log of which only the end may be kept. */
const MAX_LINES = 12;
const MAX_COLUMNS = 240;
// eslint-disable-next-line no-control-regex -- the colours of a terminal
const COLOURS = /\u001b\[[0-9;]*m/g;

/**
 * @param {string} text
 * @returns {string} its first lines that say something, without colours
 */
export function excerpt(text) {
  const lines = text.replace(COLOURS, '').split('\n');
  const kept = lines.filter((line) => line.trim() !== '').map((line) => line.trimEnd().slice(0, MAX_COLUMNS));
  return kept.length > MAX_LINES ? [...kept.slice(0, MAX_LINES), '...'].join('\n') : kept.join('\n');
}

/**
 * @param {object} results what Jest wrote with --outputFile
 * @returns {string[]} each failed test with its file and its message
 */
export function jestFailures({ testResults = [] }) {
  return testResults.flatMap(({ name = '', message = '', assertionResults = [] }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    const file = name.split('/').slice(-2).join('/');
    // A file that could not even be loaded has a message and no tests.
    if (failed.length === 0) return assertionResults.length === 0 && message ? [`${file}: ${excerpt(message)}`] : [];
    return failed.map((test) => `${file}: ${test.fullName}\n${excerpt((test.failureMessages ?? []).join('\n'))}`);
  });
}
