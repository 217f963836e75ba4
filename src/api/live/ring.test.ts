import { describe, expect, it } from '@jest/globals';
import { Ring } from './ring.js';

const fill = (ring: Ring<{ id: string }>, count: number): string[] =>
  Array.from({ length: count }, () => ring.add((id) => ({ id })).id);

describe('Ring', () => {
  it('gives what came after an id, and nothing after the last', () => {
    const ring = new Ring<{ id: string }>('run', 100);
    expect(ring.after('run:100')).toEqual([]);
    const ids = fill(ring, 3);
    expect(ids).toEqual(['run:101', 'run:102', 'run:103']);
    expect(ring.after('run:101')?.map(({ id }) => id)).toEqual(['run:102', 'run:103']);
    expect(ring.after(ring.latestId)).toEqual([]);
  });

  it.each(['other:101', 'run:99', 'run:104', 'run:', 'run', '', 'run:1e3', `run:${'9'.repeat(30)}`])(
    'does not know %s',
    (id) => {
      const ring = new Ring<{ id: string }>('run', 100);
      fill(ring, 3);
      expect(ring.after(id)).toBeNull();
    }
  );

  it('forgets what is too old, and says so', () => {
    const ring = new Ring<{ id: string }>('run', 0);
    fill(ring, 2500);
    expect(ring.after('run:400')).toBeNull();
    expect(ring.after('run:500')).toHaveLength(2000);
  });

  it('takes an id of the server before for too old', () => {
    const before = new Ring<{ id: string }>('run', 1000);
    const ids = fill(before, 20);
    expect(new Ring('run', 61_000).after(ids[19] ?? '')).toBeNull();
  });
});
