/** Which view an address shows. */
import type { ComponentType, JSX } from 'preact';
import { Link, Route, Switch } from 'wouter-preact';
import { Empty } from './ui/feedback.js';
import { lazyView } from './ui/lazy-view.js';
import { Page } from './ui/page.js';
import { Toasts } from './ui/toasts.js';
import { Frame } from './views/frame.js';
import { TokenEntry } from './views/token-entry.js';
import { TunePages } from './views/tune/tune-pages.js';
import { Tunes } from './views/tunes/tunes.js';

/** Views that not every visit needs. */
const NewTask = lazyView(async () => (await import('./views/new-task/new-task.js')).NewTask);
const Schedules = lazyView(async () => (await import('./views/schedules/schedules.js')).Schedules);
const History = lazyView(async () => (await import('./views/history/history.js')).History);
const Compare = lazyView(async () => (await import('./views/history/compare.js')).Compare);
const Trend = lazyView(async () => (await import('./views/history/trend.js')).Trend);
const HistoryEntry = lazyView(async () => (await import('./views/history/entry.js')).HistoryEntry);

const PAGES: readonly (readonly [string, ComponentType<Record<never, never>>])[] = [
  ['/', Tunes],
  ['/new', NewTask],
  ['/schedules', Schedules],
  ['/history', History],
  ['/history/compare', Compare],
  ['/history/trends/:task', Trend],
  ['/history/:runId', HistoryEntry],
  ['/tunes/:id/*?', TunePages],
];

export function App(): JSX.Element {
  return (
    <>
      <Frame>
        <Switch>
          {PAGES.map(([path, View]) => (
            <Route key={path} path={path}>
              <View />
            </Route>
          ))}
          <Route>
            <Page title="Nothing here">
              <Empty>
                This address shows nothing. <Link href="/">See all tunes</Link>
              </Empty>
            </Page>
          </Route>
        </Switch>
      </Frame>
      <TokenEntry />
      <Toasts />
    </>
  );
}
