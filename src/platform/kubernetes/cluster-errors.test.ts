import { describe, expect, it } from '@jest/globals';
import { ApiException } from '@kubernetes/client-node';
import { TunerError } from '../../domain/failures.js';
import { apiStatusOf, ClusterError, toClusterError } from './cluster-errors.js';

/** What the client throws for an answer of the API server. */
function answer(code: number, message: string, headers: Record<string, string> = {}): Error {
  const body = JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Because', message, code });
  return new ApiException(code, 'Unknown API Status Code!', body, headers);
}

const said = (code: number, message: string): Error => toClusterError('apply Pod x', answer(code, message));

describe('an answer of the API server', () => {
  it.each<[number, string, string]>([
    [401, 'Unauthorized', 'CLUSTER_FORBIDDEN'],
    [403, 'pods is forbidden: User "worker" cannot list resource "pods" in API group ""', 'CLUSTER_FORBIDDEN'],
    [403, 'pods "x" is forbidden: exceeded quota: gpus, requested: 2, used: 8, limited: 8', 'ADMISSION_REFUSED'],
    [
      403,
      "Pod \"x\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no",
      'ADMISSION_REFUSED',
    ],
    [400, 'admission webhook "v.ome.io" denied the request: exactly one endpoint', 'ADMISSION_REFUSED'],
    [400, 'strict decoding error: unknown field "spec.engine.resources"', 'MANIFEST_REJECTED'],
    [413, 'Request entity too large: limit is 3145728', 'MANIFEST_REJECTED'],
    [415, 'the body of the request was in an unknown format', 'MANIFEST_REJECTED'],
    [422, 'InferenceService.ome.io "x" is invalid: spec.model.name: Required value', 'MANIFEST_REJECTED'],
    [
      500,
      'Internal error occurred: failed calling webhook "m.ome.io": connect: connection refused',
      'WEBHOOK_UNAVAILABLE',
    ],
    [500, 'no endpoints available for service "ome-webhook"', 'WEBHOOK_UNAVAILABLE'],
    [404, 'namespaces "team-a" not found', 'NAMESPACE_NOT_FOUND'],
    [404, 'the server could not find the requested resource', 'CLUSTER_KIND_MISSING'],
    [400, 'no matches for kind "InferenceService" in version "ome.io/v1beta1"', 'CLUSTER_KIND_MISSING'],
  ])('%d %s is %s', (code, message, expected) => {
    const error = said(code, message);
    expect(error).toBeInstanceOf(TunerError);
    expect(error).toMatchObject({ code: expected, message: `cannot apply Pod x: ${message}` });
    expect(apiStatusOf(error)).toMatchObject({ code, reason: 'Because', message });
  });

  it('of a path that the server does not serve means a kind that is missing', () => {
    const error = new ApiException(404, 'Unknown API Status Code!', '404 page not found\n', {});
    expect(toClusterError('list x', error)).toMatchObject({ code: 'CLUSTER_KIND_MISSING' });
  });

  it.each<[number, string]>([
    [404, 'inferenceservices.ome.io "x" not found'],
    [409, 'Operation cannot be fulfilled: the object has been modified'],
    [410, 'too old resource version: 1 (100)'],
    [429, 'storage is (re)initializing'],
    [500, 'etcdserver: request timed out'],
    [503, 'the server is currently unable to handle the request'],
    [504, 'Timeout: request did not complete within requested timeout'],
  ])('%d %s may pass, and is no failure of anybody', (code, message) => {
    const error = said(code, message);
    expect(error).toBeInstanceOf(ClusterError);
    expect(error).toMatchObject({ message: `cannot apply Pod x: ${message}`, status: { code } });
  });

  it.each([
    [new TypeError('fetch failed')],
    [new DOMException('The operation was aborted due to timeout', 'TimeoutError')],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['gone'],
    [null],
  ])('that never came is told from one that says no: %p', (error) => {
    const mapped = toClusterError('read Pod x', error);
    expect(mapped).toBeInstanceOf(ClusterError);
    expect(mapped).toMatchObject({ status: null, cause: error });
    expect(mapped.message).toMatch(/^cannot read Pod x: the Kubernetes API does not answer \(/);
    expect(apiStatusOf(mapped)).toBeNull();
  });

  it('says how long to wait, within reason', () => {
    const waits = (headers: Record<string, string>): unknown => apiStatusOf(answer(429, 'busy', headers))?.retryAfterMs;
    expect(waits({ 'retry-after': '1' })).toBe(1000);
    expect(waits({ 'retry-after': '3600' })).toBe(10_000);
    for (const odd of ['0', '-1', 'Wed, 21 Oct 2026 07:28:00 GMT', ''])
      expect(waits({ 'retry-after': odd })).toBeNull();
    expect(waits({})).toBeNull();
  });

  it('is read whatever form its body has', () => {
    const of = (body: unknown): unknown => apiStatusOf(new ApiException(500, '', body, {}))?.message;
    expect(of({ message: 'an object' })).toBe('an object');
    expect(of('plain text')).toBe('plain text');
    expect(of('{"message": 7}')).toBe('{"message": 7}');
    expect(of(undefined)).toBe('""');
    expect(of(JSON.stringify({ message: 'x'.repeat(5000) }))).toHaveLength(1000);
  });
});
