/** The report and the ways to run what was found, as the API offers them. */
import type { ApiPorts } from '../../api/context.js';
import { experimentOf, htmlReport, launchesOf, markdownReport, type Launch } from '../../report/index.js';

/** How the API calls the forms of the report's launches. */
const FORMS: Readonly<Record<Launch['kind'], string>> = {
  shell: 'shell',
  measured: 'measured',
  docker: 'docker',
  'inference-service': 'manifest',
  'helm-values': 'helm',
};

export const OWN_PORTS: ApiPorts = {
  report: async (results, form) => (form === 'html' ? htmlReport(results) : markdownReport(results)),
  launch: (results, experimentId) => {
    const result = experimentId === null ? null : experimentOf(results, experimentId);
    if (!result) return [];
    return launchesOf(results, result).map(({ kind, title, words, language, text, file, placeholders }) => ({
      ...{ form: FORMS[kind], title, text, fileName: file },
      language: language === 'sh' ? ('shell' as const) : language,
      notes: [words, ...placeholders.map(({ name, meaning }) => `${name}: ${meaning}`)].filter(Boolean),
    }));
  },
};
