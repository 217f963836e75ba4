/** What tunes were about, side by side. Pure. */
import type { ComparedSetting, HistoryEntry } from './types.js';

type Value = ComparedSetting['values'][number];

const SETTINGS: Readonly<Record<string, (entry: HistoryEntry) => Value>> = {
  task: ({ taskName }) => taskName,
  model: ({ model }) => model,
  engine: ({ engine }) => engine,
  'engine version': ({ engineVersion }) => engineVersion,
  backend: ({ backend }) => backend,
  hardware: ({ hardware }) => hardware,
  hosts: ({ hosts }) => (hosts.length > 0 ? hosts.join(', ') : null),
  objective: ({ objectiveWords }) => objectiveWords,
};

export function compareSettings(entries: readonly HistoryEntry[]): ComparedSetting[] {
  return Object.entries(SETTINGS).map(([name, of]) => settingOf(name, entries.map(of)));
}

export function settingsThatDiffer(entries: readonly HistoryEntry[]): ComparedSetting[] {
  return compareSettings(entries).filter(({ differs }) => differs);
}

/** The parameters of the best of each. */
export function compareParameters(entries: readonly HistoryEntry[]): ComparedSetting[] {
  const names = [...new Set(entries.flatMap(({ bestParameters }) => Object.keys(bestParameters ?? {})))];
  return names.map((name) =>
    settingOf(
      name,
      entries.map(({ bestParameters }) => bestParameters?.[name] ?? null)
    )
  );
}

function settingOf(name: string, values: readonly Value[]): ComparedSetting {
  return { name, values, differs: new Set(values).size > 1 };
}
