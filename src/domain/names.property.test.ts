import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { experimentWorkflowId, resourceName, taskNameOf, tuneWorkflowId } from './names.js';

/** Any sequence of UTF-16 code units, halves of surrogate pairs included. */
const text = fc.oneof(
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('a', 'A', '-', '.', '_', '0', 'é'), maxLength: 200 })
);
const attempt = fc.tuple(
  text,
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  fc.uuid(),
  fc.integer({ min: 1, max: 1000 })
);

describe('names', () => {
  it('are DNS labels with room for what OME adds, the same each time', () => {
    fc.assert(
      fc.property(attempt, (parts) => {
        const name = resourceName(...parts);
        expect(name).toMatch(/^[a-z](?:[a-z0-9-]*[a-z0-9])$/);
        expect(name.length).toBeLessThanOrEqual(50);
        expect(resourceName(...parts)).toBe(name);
      })
    );
  });

  it('are not the same for two attempts that are not', () => {
    fc.assert(
      fc.property(attempt, attempt, fc.nat(3), (one, other, same) => {
        // All but one part are the same, which is where names are likely to meet.
        const near = one.map((part, i) => (i === same ? other[i] : part)) as typeof one;
        fc.pre(near[same] !== one[same]);
        expect(resourceName(...near)).not.toBe(resourceName(...one));
      })
    );
  });

  it('lead back to the task', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1 }), (task, experimentId) => {
        expect(taskNameOf(tuneWorkflowId(task))).toBe(task);
        expect(experimentWorkflowId(tuneWorkflowId(task), experimentId)).toBe(`tune/${task}/${experimentId}`);
      })
    );
  });
});
