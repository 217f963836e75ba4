/** The result of a tune that Temporal knows: with the ways to run it. */
import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { Downloads } from './downloads.js';
import { LaunchForms } from './launch-forms.js';
import { Result } from './result.js';
import { tuneRunPath, type TuneRef } from '../../api/paths.js';
import { launchQuery, outlineQuery } from '../../api/queries.js';
import { Loading, Problem } from '../../ui/feedback.js';
import type { TuneView } from '../../../../src/contracts/http/index.js';

export function ResultOfTune({ tune, view }: { tune: TuneRef; view: TuneView }): JSX.Element {
  const results = useQuery(outlineQuery(tune));
  const launch = useQuery(launchQuery(tune));
  if (results.error && !results.data) return <Problem error={results.error} what="result" />;
  if (!results.data) return <Loading height={420} />;
  return (
    <div class="stack">
      {view.info.closedAt === null && (
        <div class="notice">The tune goes on: this is what it has come to so far, and not its verdict.</div>
      )}
      <Result results={results.data} tune={tune} />
      {launch.error && <Problem error={launch.error} what="ways to run it" />}
      {launch.data && <LaunchForms launch={launch.data} />}
      <Downloads pathOf={(rest) => tuneRunPath(tune, rest)} file="/results" name={tune.id} />
    </div>
  );
}
