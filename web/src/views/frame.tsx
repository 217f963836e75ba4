/** What is around every view: where one can go, the theme, and what this server is. */
import type { ComponentChildren, JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { Link, useRoute } from 'wouter-preact';
import { aboutQuery } from '../api/queries.js';
import { useStore } from '../lib/store.js';
import { setTheme, theme, THEMES } from '../lib/theme.js';
import { Icon, type IconName } from '../ui/icon.js';

const PLACES: readonly { href: string; name: string; icon: IconName; also: string }[] = [
  { href: '/', name: 'Tunes', icon: 'tunes', also: '/tunes/*' },
  { href: '/new', name: 'New task', icon: 'add', also: '/new' },
  { href: '/schedules', name: 'Schedules', icon: 'clock', also: '/schedules' },
  { href: '/history', name: 'History', icon: 'history', also: '/history/*' },
];

export function Frame({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="side">
        <Link href="/" class="brand" aria-label="autotuner: all tunes">
          <img src="/icon.svg" alt="" width={22} height={22} />
          <span>autotuner</span>
        </Link>
        <nav class="nav" aria-label="Main">
          {PLACES.map((place) => (
            <Place key={place.href} {...place} />
          ))}
        </nav>
        <div class="side-foot">
          <About />
          <ThemeSwitch />
        </div>
      </header>
      <main class="main" id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function Place({ href, name, icon, also }: (typeof PLACES)[number]): JSX.Element {
  const [isExact] = useRoute(href);
  const [isBelow] = useRoute(also);
  return (
    <Link href={href} aria-current={isExact || isBelow ? 'page' : undefined}>
      <Icon name={icon} />
      {name}
    </Link>
  );
}

function About(): JSX.Element {
  const { data } = useQuery(aboutQuery);
  return (
    <div class="about small muted">
      {data?.temporal.uiUrl && (
        <div>
          <a href={data.temporal.uiUrl} target="_blank" rel="noreferrer">
            Temporal’s UI
          </a>
        </div>
      )}
      <div>{data ? `version ${data.version}` : ' '}</div>
      {data && !data.hasWorkers && <div class="poor">no worker is there</div>}
      {data?.access.tokens && !data.access.mayWrite && <div>read only</div>}
    </div>
  );
}

const THEME_ICONS = { system: 'screen', light: 'sun', dark: 'moon' } as const;

function ThemeSwitch(): JSX.Element {
  const chosen = useStore(theme);
  return (
    <div class="theme-switch" role="group" aria-label="Colours">
      {THEMES.map((name) => (
        <button
          key={name}
          type="button"
          data-choice={name}
          aria-pressed={chosen === name}
          aria-label={name === 'system' ? 'as the system' : name}
          title={name === 'system' ? 'as the system' : name}
          onClick={() => setTheme(name)}
        >
          <Icon name={THEME_ICONS[name]} size={14} />
        </button>
      ))}
    </div>
  );
}
