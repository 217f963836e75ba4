/** The charts of a tune, drawn again while it goes on. */
import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { useLocation } from 'wouter-preact';
import { Charts } from './charts.js';
import { tunePage, type TuneRef } from '../../api/paths.js';
import { outlineQuery } from '../../api/queries.js';
import { Loading, Problem } from '../../ui/feedback.js';

export function ChartsOfTune({ tune }: { tune: TuneRef }): JSX.Element {
  const { data, error } = useQuery(outlineQuery(tune));
  const [, navigate] = useLocation();
  if (data) return <Charts results={data} onExperiment={(n) => navigate(tunePage(tune, `/experiments/${n}`))} />;
  return error ? <Problem error={error} what="measurements" /> : <Loading height={420} />;
}
