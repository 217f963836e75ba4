import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { taskOf } from '../../../test/support/tasks.js';
import { GUIDE_ENGINES, guideMarkdown, guideOf, guideParameter, guideSchema, type Guide } from './index.js';

const guides = GUIDE_ENGINES.map((engine) => [engine, guideOf(engine) as Guide] as const);

describe.each(guides)('the guide of %s', (engine, guide) => {
  it('is what its schema says', () => {
    expect(guideSchema.safeParse(guide).error?.issues).toBeUndefined();
    expect(guide.engine).toBe(engine);
  });

  it('has each flag and each name once', () => {
    const names = guide.parameters.flatMap((parameter) => parameter.names);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(guide.parameters.map(({ flag }) => flag)).size).toBe(guide.parameters.length);
  });

  it('has presets that are tasks as they stand, of parameters that it explains', () => {
    expect(new Set(guide.presets.map(({ id }) => id)).size).toBe(guide.presets.length);
    for (const { parameters, constraints, engineArgs } of guide.presets) {
      const task = taskOf({ engine, parameters, constraints, engine_args: engineArgs });
      expect(Object.keys(task.parameters)).toEqual(Object.keys(parameters));
      for (const name of Object.keys({ ...parameters, ...engineArgs }))
        expect(guideParameter(guide, name)?.names[0]).toBe(name);
    }
  });

  it('is in docs/parameters as it is here: npm run guide', () => {
    const file = `docs/parameters/${engine}.md`;
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(guideMarkdown(guide));
  });
});
