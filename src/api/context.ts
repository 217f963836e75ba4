import type { Client } from '@temporalio/client';
import type { Schedules } from '../client/index.js';
import type { History } from '../history/types.js';
import type { Environment } from '../platform/environment.js';
import type { Streams } from './live/send-events.js';
import type { TuneWatches } from './live/tune-watches.js';
import type { TunesWatch } from './live/tunes-watch.js';
import type { Tokens } from './security/tokens.js';
import type { StartedKeys } from './started-keys.js';
import type { TuneReader } from './tune-reader.js';

/** What the API shows and others keep. It may be absent: its routes then say so. */
export interface ApiPorts {
  /** Finished tunes; the caller opens and closes it. */
  readonly history?: Omit<History, 'record' | 'close'> | undefined;
}

export interface ApiOptions {
  readonly client: Client;
  readonly environment: Environment;
  readonly temporal: {
    readonly address: string;
    /** Null where Temporal's UI is not known. */
    readonly uiUrl: string | null;
  };
  /** Where it listens; default 127.0.0.1. */
  readonly host?: string;
  /** Null: whoever reaches it may do everything, which is for loopback only. */
  readonly tokens: Tokens | null;
  /** Further names by which it may be called. */
  readonly names?: readonly string[];
  /** Requests a minute from one address; 0: any number. Default 3,000. */
  readonly requestsPerMinute?: number;
  /** The built web application; null where there is none. */
  readonly webDir?: string | null;
  readonly ports?: ApiPorts;
  /** Told of what nobody foresaw. */
  readonly onError?: (error: unknown) => void;
}

/** What the handlers work with. */
export interface ApiContext {
  readonly options: ApiOptions;
  readonly reader: TuneReader;
  readonly schedules: Schedules;
  readonly watches: TuneWatches;
  readonly tunesWatch: TunesWatch;
  readonly streams: Streams;
  readonly keys: StartedKeys;
  readonly ports: ApiPorts;
}
