/** From a results file to its report. Pure. */
import type { ResultsFile } from '../../domain/results/tune-result.js';
import { chartsOf } from '../charts/index.js';
import { charts, section, text } from './blocks.js';
import { spentWords } from './costs.js';
import { loadsSection } from './sections/loads.js';
import { methodSection } from './sections/method.js';
import { recommendedSection } from './sections/recommended.js';
import { failuresSection, searchSection } from './sections/search.js';
import { summarySection } from './sections/summary.js';
import { verdictSection } from './sections/verdict.js';
import type { Report } from './types.js';

/** The whole report. A tune that still runs has one, too: of what there is so far. */
export function reportOf(results: ResultsFile): Report {
  const all = chartsOf(results);
  return {
    title: results.task_name,
    lead: results.answer,
    blocks: [
      ...summarySection(results),
      ...verdictSection(results, all),
      ...recommendedSection(results),
      ...searchSection(results, all),
      ...loadsSection(results, all),
      ...section(
        'Parameters',
        charts(all, ({ group }) => group === 'parameters')
      ),
      ...failuresSection(results, all),
      ...section('Time and money', [...text(spentWords(results)), ...charts(all, ({ group }) => group === 'costs')]),
      ...methodSection(results),
    ],
  };
}
