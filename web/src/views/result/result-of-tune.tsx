/** The result of a tune that Temporal knows: with the ways to run it. */
import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { LaunchForms } from './launch-forms.js';
import { Result } from './result.js';
import { tuneRunPath, type TuneRef } from '../../api/paths.js';
import { launchQuery, resultsQuery } from '../../api/queries.js';
import { saveFromApi } from '../../lib/download.js';
import { Button } from '../../ui/button.js';
import { Loading, Problem } from '../../ui/feedback.js';
import type { TuneView } from '../../../../src/contracts/http/index.js';

export function ResultOfTune({ tune, view }: { tune: TuneRef; view: TuneView }): JSX.Element {
  const results = useQuery(resultsQuery(tune));
  const launch = useQuery(launchQuery(tune));
  if (results.error && !results.data) return <Problem error={results.error} what="result" />;
  if (!results.data) return <Loading height={420} />;
  const save = (rest: string, name: string) => () => saveFromApi(tuneRunPath(tune, rest), name);
  return (
    <div class="stack">
      {view.info.closedAt === null && (
        <div class="notice">The tune goes on: this is what it has come to so far, and not its verdict.</div>
      )}
      <Result results={results.data} tune={tune} />
      {launch.error && <Problem error={launch.error} what="ways to run it" />}
      {launch.data && <LaunchForms launch={launch.data} />}
      <section class="row" aria-label="Downloads">
        <span class="muted">Take it with you:</span>
        <Button small icon="save" onPress={save('/report.html', `${tune.id}.html`)}>
          Report (HTML)
        </Button>
        <Button small icon="save" onPress={save('/report.md', `${tune.id}.md`)}>
          Report (Markdown)
        </Button>
        <Button small icon="save" onPress={save('/results', `${tune.id}_results.json`)}>
          Results (JSON)
        </Button>
        <Button small icon="save" onPress={save('/results.csv', `${tune.id}_results.csv`)}>
          Table (CSV)
        </Button>
      </section>
    </div>
  );
}
