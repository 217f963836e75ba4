/** Addresses of the API and of the pages, by what they show. */
import { query } from './http.js';

/** A tune: its id, and the run where it is an earlier one. */
export interface TuneRef {
  readonly id: string;
  readonly run?: string | undefined;
}

const part = encodeURIComponent;

export const tunePath = ({ id }: Pick<TuneRef, 'id'>, rest = ''): string => `/tunes/${part(id)}${rest}`;
export const tuneRunPath = ({ id, run }: TuneRef, rest = '', values: Parameters<typeof query>[0] = {}): string =>
  `/tunes/${part(id)}${rest}${query({ ...values, run })}`;
/** A finished tune, by its run id. */
export const historyPath = (runId: string, rest = ''): string => `/history/${part(runId)}${rest}`;

/** A page of the application. */
export const tunePage = ({ id, run }: TuneRef, rest = ''): string => `/tunes/${part(id)}${rest}${query({ run })}`;
