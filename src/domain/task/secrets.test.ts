import { describe, expect, it } from '@jest/globals';
import { parseTask } from './parse-task.js';
import { describeIssue } from './task-issue.js';
import { looksSecret, parseReference } from './secrets.js';

function issuesOf(more: object): string[] {
  const parsed = parseTask({
    ...{ task_name: 'x', backend: 'process', engine: 'llama.cpp', model: { name: 'm' }, optimization: {} },
    ...{ parameters: {}, benchmark: { model_name: 'm' }, ...more },
  });
  return 'issues' in parsed ? parsed.issues.map(describeIssue) : [];
}
const withVariable = (name: string, value: unknown): string[] =>
  issuesOf({ process: { environment: { [name]: value } } });

const CANARY = 'hf_canary_0123456789';

describe('a reference to a secret', () => {
  it('is a variable or a file', () => {
    expect(parseReference('env:HF_TOKEN')).toEqual({ kind: 'env', name: 'HF_TOKEN' });
    expect(parseReference('file:/run/secrets/hf token')).toEqual({ kind: 'file', path: '/run/secrets/hf token' });
  });

  it.each(['HF_TOKEN', 'env:', 'env:A-B', 'env:$A', 'file:', 'file:secret', 'file:///a', 'file:/a/../b', 'file:/a//b'])(
    'is not %s',
    (text) => expect(parseReference(text)).toBeNull()
  );
});

describe('a name', () => {
  it.each(['HF_TOKEN', 'api_key', 'api-key', 'apiKey', 'AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID', 'DB_PASSWORD'])(
    'says that it holds a secret: %s',
    (name) => expect(looksSecret(name)).toBe(true)
  );

  it.each([
    'TOKENIZERS_PARALLELISM',
    'MAX_TOKENS',
    'max_total_tokens',
    'eos_token',
    'KEYBOARD',
    'API_KEY_FILE',
    'monkey',
  ])('says nothing of the kind: %s', (name) => expect(looksSecret(name)).toBe(false));
});

describe('a task', () => {
  it('takes references and what is no secret', () => {
    expect(withVariable('HF_TOKEN', 'env:HF_TOKEN')).toEqual([]);
    expect(withVariable('HF_TOKEN', 'file:/run/secrets/hf')).toEqual([]);
    expect(withVariable('HF_TOKEN', '')).toEqual([]);
    expect(withVariable('HF_HOME', '/data')).toEqual([]);
    expect(withVariable('WEIGHTS', 'file:///data')).toEqual([]);
  });

  it.each([
    ['a variable', { process: { environment: { HF_TOKEN: CANARY } } }, /process\.environment\.HF_TOKEN: .* reference/],
    ['a variable of a wrong type', { process: { environment: { X: { a: CANARY } } } }, /process\.environment\.X/],
    ['variables as a list', { process: { environment: [`HF_TOKEN=${CANARY}`] } }, /process\.environment/],
    ['a variable in the cluster', { ome: { environment: { HF_TOKEN: CANARY } } }, /HF_TOKEN: .*"secret": NAME/],
    ['an argument', { engine_args: { api_token: CANARY } }, /engine_args\.api_token/],
    ['a parameter', { parameters: { api_key: { type: 'choice', values: [CANARY] } } }, /parameters\.api_key/],
    ['a request', { benchmark: { model_name: 'm', additional_params: { a: [{ password: CANARY }] } } }, /password/],
    ['a command', { engine: { command: ['x', '--hf-token', CANARY] } }, /engine\.?/],
    ['a command, joined', { engine: { command: ['x', `--hf-token=${CANARY}`] } }, /engine\.?/],
  ])('refuses the value of a secret in %s, and does not repeat it', (_, more, message) => {
    const issues = issuesOf(more);
    expect(issues.join('\n')).toMatch(message);
    expect(issues.join('\n')).not.toContain(CANARY);
  });

  it.each([
    ['env:NO-NAME', /must be a reference/],
    ['file:relative', /must be a reference/],
    ['a\0b', /NUL/],
  ])('refuses %j', (value, message) => expect(withVariable('X', value).join()).toMatch(message));

  it.each([
    ['LD_PRELOAD', /changes which code runs/],
    ['NODE_OPTIONS', /changes which code runs/],
    ['AUTOTUNER_OWNED', /belongs to the tuner/],
    ['A=B', /name of a variable/],
  ])('cannot set %s', (name, message) => expect(withVariable(name, 'x').join()).toMatch(message));

  it("has no use for the worker's secrets in the cluster", () => {
    expect(issuesOf({ ome: { environment: { X: 'env:HF_TOKEN' } } }).join()).toMatch(/"secret": NAME/);
  });
});
