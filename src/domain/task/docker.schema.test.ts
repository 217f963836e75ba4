import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { taskFileOf, taskOf } from '../../../test/support/tasks.js';
import { bytesOf, isByteSize } from './byte-size.js';
import { parseTask } from './parse-task.js';
import { describeIssue } from './task-issue.js';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const schema = JSON.parse(readFileSync('schemas/task.schema.json', 'utf8')) as object;
const validateTask = new Ajv2020({ allErrors: true }).compile(schema);

function issuesOf(docker: object | undefined): string[] {
  const parsed = parseTask(taskFileOf({ backend: 'docker', ...(docker ? { docker: docker as never } : {}) }));
  return 'issues' in parsed ? parsed.issues.map(describeIssue) : [];
}

describe('the block docker', () => {
  it.each(['docker_local', 'docker_sglang', 'docker_vllm'])('of examples/%s.yaml is accepted', (name) => {
    const file: unknown = parse(readFileSync(`examples/${name}.yaml`, 'utf8'));
    expect(parseTask(file)).toHaveProperty('task');
    expect(validateTask(file)).toBe(true);
  });

  it.each([
    'lmsysorg/sglang:v0.5.2-cu126',
    'localhost:5000/a/b:1',
    `ghcr.io/ggml-org/llama.cpp@${DIGEST}`,
    `registry.example:5000/a:1@${DIGEST}`,
    'ubuntu:24.04',
  ])('takes the image %s', (image) => {
    expect(taskOf({ backend: 'docker', docker: { image } }).docker).toMatchObject({ image, pull: 'missing' });
  });

  it.each([
    ['nothing', undefined, /^docker: is needed/],
    ['no image', {}, /^docker\.image: is required/],
    ['an image of no version', { image: 'localhost:5000/a' }, /needs a tag or a digest/],
    ['an option for an image', { image: '--privileged' }, /must be an image/],
    ['an unknown key', { image: 'a:1', shmsize: '1g' }, /shmsize: unknown key; did you mean 'shm_size'\?/],
    ['an unknown limit', { image: 'a:1', ulimits: { memlok: 1 } }, /memlok: unknown key; did you mean 'memlock'\?/],
    ['privileges', { image: 'a:1', privileged: true }, /privileged: unknown key/],
    ['a volume over the system', { image: 'a:1', volumes: [{ source: '/a', target: '/etc' }] }, /not a place/],
    ['a path that climbs', { image: 'a:1', volumes: [{ source: '/a/../etc', target: '/a' }] }, /must not climb/],
    ['a password', { image: 'a:1', registry: { username: 'a', password: 'hunter2' } }, /must be a reference/],
    ['a secret', { image: 'a:1', environment: { HF_TOKEN: 'hf_1234' } }, /looks like a secret/],
    [
      'both ways to choose',
      { image: 'a:1', environment: { CUDA_VISIBLE_DEVICES: '0' } },
      /set docker\.devices instead/,
    ],
    ['a device twice', { image: 'a:1', devices: [0, 0] }, /twice/],
    ['what is no size', { image: 'a:1', memory: 'much' }, /must be an amount of memory/],
  ])('refuses %s', (_, docker, message) => {
    const issues = issuesOf(docker);
    expect(issues.join('\n')).toMatch(message);
    expect(issues.join('\n')).not.toContain('hunter2');
  });
});

describe('amounts of memory', () => {
  it.each([
    ['32g', 32 * 2 ** 30],
    ['512m', 512 * 2 ** 20],
    ['1.5 GiB', 1.5 * 2 ** 30],
    ['64KB', 65_536],
    ['100', 100],
  ])('%s is %d bytes', (text, bytes) => expect(bytesOf(text)).toBe(bytes));

  it.each(['', 'g', '-1g', '1e9', '1 x'])('%j is none', (text) => expect(isByteSize(text)).toBe(false));
});
