/** What the cluster says is somebody else's: of any shape, it is read as far as it can be, and never stops anybody. */
import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '@kubernetes/client-node';
import fc from 'fast-check';
import { damaged, strange } from '../../../test/support/garbage.js';
import { isFailureCode } from '../../domain/failures.js';
import { readManifest } from '../../platform/kubernetes/manifest.js';
import { parseLease } from './cluster-lease.js';
import { snapshotOf } from './engine-watch.js';
import { parseDisturbances } from './forwards.js';
import { ownedAnnotations, ownedLabels, ownerOf } from './ownership.js';
import { isReady, readPod } from './pod-state.js';
import { recognise } from './recognise.js';

const NAME = 'x-exp1-0123456789';
const OWNER = { workflowId: 'tune/x/1', runId: 'r', taskName: 'x', experimentId: 1 };
const AT = '2026-11-21T12:00:00Z';

const METADATA = {
  ...{ name: NAME, namespace: 'n', uid: 'u', creationTimestamp: AT, finalizers: ['f'] },
  ...{ labels: ownedLabels(OWNER), annotations: ownedAnnotations(OWNER) },
};
const CONTAINER = {
  ...{ name: 'ome-container', ready: false, restartCount: 1, image: 'i', imageID: 'd' },
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
  lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', message: '' } },
};
const POD = {
  metadata: { ...METADATA, name: `${NAME}-engine-1` },
  spec: { nodeName: 'node' },
  status: {
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'm', lastTransitionTime: AT },
    ],
    initContainerStatuses: [{ ...CONTAINER, state: { terminated: { exitCode: 0 } }, lastState: {} }],
    containerStatuses: [CONTAINER],
  },
};
const SERVICE = {
  metadata: METADATA,
  status: { conditions: [{ type: 'Ready', status: 'True' }], url: 'http://x' },
};
const EVENT = {
  ...{ metadata: { creationTimestamp: AT }, type: 'Warning', reason: 'RuntimeValidationError', message: 'no' },
  ...{ involvedObject: { kind: 'InferenceService', name: NAME, uid: 'u' }, lastTimestamp: AT, eventTime: null },
};
const SPEC = { acquireTime: AT, renewTime: AT, leaseDurationSeconds: 900 };

const some = (template: object): fc.Arbitrary<KubernetesObject[]> =>
  fc.array(fc.oneof(strange, damaged(template), fc.constant(template)), { maxLength: 3 }) as fc.Arbitrary<
    KubernetesObject[]
  >;

describe('what is seen of an engine', () => {
  it('is a snapshot, and a cause with a code or none, whatever the cluster says', () => {
    fc.assert(
      fc.property(some(SERVICE), some(POD), some(EVENT), (services, pods, events) => {
        const snapshot = snapshotOf(NAME, services, pods, events);
        expect(typeof snapshot.ready).toBe('boolean');
        for (const { atMs } of snapshot.events) expect(Number.isFinite(atMs)).toBe(true);
        const finding = recognise(snapshot, 20_000, Date.parse(AT) + 60_000);
        if (!finding) return;
        expect(isFailureCode(finding.code)).toBe(true);
        expect(typeof finding.message).toBe('string');
      }),
      { numRuns: 300 }
    );
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'is no cause when an event is called %s',
    (reason) => {
      expect(recognise(snapshotOf(NAME, [SERVICE as object], [], [{ ...EVENT, reason } as object]), 0, 0)).toBeNull();
    }
  );

  it.each<[string, object]>([
    ['conditions that are none', { ...POD, status: { ...POD.status, conditions: 'none' } }],
    ['one condition among them', { ...POD, status: { ...POD.status, conditions: [null, 7, { type: 1 }] } }],
    ['times that are none', { ...POD, metadata: { ...POD.metadata, creationTimestamp: 'yesterday' } }],
    ['another container', { ...POD, status: { ...POD.status, containerStatuses: [null, CONTAINER] } }],
    ['annotations that are null', { ...POD, metadata: { ...POD.metadata, annotations: null } }],
    ['a spec that is none', { ...POD, spec: null }],
  ])('still shows why a pod fails, with %s', (_, pod) => {
    const { pods } = snapshotOf(NAME, [], [pod], []);
    expect(pods).toHaveLength(1);
    expect(recognise({ uid: '', pods, events: [] }, 1e9, Date.now())).toMatchObject({ code: 'OUT_OF_MEMORY' });
  });

  it('shows a pod without a time as one that has just been made', () => {
    const pod = readPod({ ...POD, metadata: { name: 'p', creationTimestamp: null } } as unknown as KubernetesObject);
    expect(pod?.metadata.creationTimestamp).toBeUndefined();
    expect(pod && isReady(pod)).toBe(false);
  });
});

describe('an object', () => {
  it('has metadata to rely on, an owner or none, a lease or none', () => {
    const template = { apiVersion: 'v1', kind: 'Lease', metadata: METADATA, spec: SPEC };
    fc.assert(
      fc.property(fc.oneof(strange, damaged(template)), (value) => {
        const object = readManifest(value);
        if (!object) return;
        expect(object.metadata.name).not.toBe('');
        expect(Object.values({ ...object.metadata.labels, ...object.metadata.annotations }).every(isText)).toBe(true);
        expect(object.metadata.finalizers?.every(isText)).toBe(true);
        const owner = ownerOf(object);
        expect(owner === null || typeof owner.workflowId === 'string').toBe(true);
        const lease = parseLease(object);
        // Nothing is protected for ever by a damaged lease.
        if (lease) expect(lease.expiresAtMs).toBeLessThan(Date.now() + 48 * 3_600_000);
      }),
      { numRuns: 300 }
    );
    expect(ownerOf(readManifest(template) as NonNullable<ReturnType<typeof readManifest>>)).toEqual(OWNER);
  });

  it('has no owner without metadata either', () => {
    for (const metadata of [null, undefined, 'x', { labels: null, annotations: null }, { labels: 'x' }])
      expect(ownerOf({ metadata } as unknown as Parameters<typeof ownerOf>[0])).toBeNull();
  });
});

describe('a lease', () => {
  it('is a time in which an experiment may live, or nothing', () => {
    expect(parseLease({ spec: SPEC })).toEqual({
      acquiredAtMs: Date.parse(AT),
      expiresAtMs: Date.parse(AT) + 900_000,
    });
    for (const bad of [
      ...['9999-12-31T23:59:59Z', '+275760-09-13T00:00:00Z', 'never', '', null, 5].map((renewTime) => ({ renewTime })),
      ...['-000001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', {}].map((acquireTime) => ({ acquireTime })),
      ...[1e300, -1, 0, '900', null].map((leaseDurationSeconds) => ({ leaseDurationSeconds })),
    ])
      expect(parseLease({ spec: { ...SPEC, ...bad } })).toBeNull();
  });
});

describe('the notes of a broken way', () => {
  it('are read line by line, whatever a line holds', () => {
    const line = JSON.stringify({ atMs: 1, reason: 'reset' });
    expect(parseDisturbances(`${line}\n{"atMs": 2, "rea\n\n${line}\nnull\n{"atMs": "x"}`)).toHaveLength(2);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseDisturbances(text)));
  });
});

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
