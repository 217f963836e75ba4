/** What the form takes from the parameter guide of an engine (`GET /guide/:engine`). */
import { queryOptions } from '@tanstack/preact-query';
import { getJson } from '../../api/http.js';

type Spec = Readonly<Record<string, unknown>>;

export interface GuideParameter {
  readonly names: readonly string[];
  readonly what: string;
  readonly trades: string;
  readonly ranges: readonly { readonly scale: string; readonly spec: Spec }[];
}

export interface Preset {
  readonly id: string;
  readonly title: string;
  /** For whom. */
  readonly words: string;
  readonly scale: string;
  readonly parameters: Readonly<Record<string, Spec>>;
  readonly constraints: readonly string[];
  readonly engineArgs: Readonly<Record<string, string | number | boolean>>;
}

export interface Guide {
  readonly engine: string;
  readonly title: string;
  readonly intro: string;
  readonly parameters: readonly GuideParameter[];
  readonly presets: readonly Preset[];
}

/** There is none for a command of one's own. */
export const guideQuery = (engine: string | null) =>
  queryOptions({
    queryKey: ['guide', engine],
    queryFn: ({ signal }) => getJson<Guide>(`/guide/${encodeURIComponent(engine ?? '')}`, signal),
    enabled: engine !== null,
    staleTime: Infinity,
    retry: false,
  });
