/** The parameter guide of an engine. */
import { queryOptions } from '@tanstack/preact-query';
import type { Guide } from '../../../../src/domain/guide/index.js';
import { getJson } from '../../api/http.js';

export type { Guide };
export type GuideParameter = Guide['parameters'][number];
export type Preset = Guide['presets'][number];

/** There is none for a command of one's own. */
export const guideQuery = (engine: string | null) =>
  queryOptions({
    queryKey: ['guide', engine],
    queryFn: ({ signal }) => getJson<Guide>(`/guide/${encodeURIComponent(engine ?? '')}`, signal),
    enabled: engine !== null,
    staleTime: Infinity,
    retry: false,
  });
