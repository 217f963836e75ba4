import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { loadTaskFile, parseTaskText, TaskFileError } from './task-file.js';

const minimal = {
  task_name: 't',
  base_runtime: 'rt',
  model: { name: 'm' },
  parameters: { tp_size: { type: 'choice', values: [1, 2] } },
  optimization: {},
  benchmark: { model_name: 'm' },
};

function errorsOf(text: string, path: string): readonly string[] {
  try {
    parseTaskText(text, path);
  } catch (error) {
    if (error instanceof TaskFileError) return error.lines;
    throw error;
  }
  return [];
}

describe('a task file', () => {
  it.each(['simple_task.json', 'larger_task.json', 'local_task.json', 'local_slo_task.json'])(
    'examples/%s is valid',
    async (name) => {
      const { task } = await loadTaskFile(`examples/${name}`);
      expect(task.optimization.max_iterations).toBeGreaterThan(0);
    }
  );

  it('is completed with the defaults, and kept as written', () => {
    const { file, task } = parseTaskText(JSON.stringify(minimal), 't.json');
    expect(file).toEqual(minimal);
    expect(task).toMatchObject({
      backend: 'ome',
      engine: 'sglang',
      optimization: { strategy: 'bayesian', seed: 0, parallelism: 1 },
    });
  });

  it('may be YAML', async () => {
    const json = await readFile('examples/local_task.json', 'utf8');
    const yaml = `# a comment\n${json}`;
    expect(parseTaskText(yaml, 't.yaml').task.task_name).toBe('local-tune');
  });

  it('reports every error at once, each with its place and the nearest name', () => {
    const text = `task_name: bad name!
model: {name: m}
base_runtime: rt
parameters:
  tp_size: {type: choice, vals: [1]}
optimisation:
  strategy: grid
optimization:
  strategy: grid_serch
  max_iterations: many
benchmark:
  model_name: m
  traffic_scenarios: ["D(100,100); rm -rf /"]
`;
    const lines = errorsOf(text, 'x.yaml');
    const all = lines.join('\n');
    expect(all).toContain("x.yaml:6:1: optimisation: unknown key; did you mean 'optimization'?");
    expect(all).toContain(
      'x.yaml:9:3: optimization.strategy: must be one of bayesian, grid_search, random, quasi_random, brute_force, tpe, nsga2, not "grid_serch"; did you mean \'grid_search\'?'
    );
    expect(all).toContain('x.yaml:10:3: optimization.max_iterations: must be a number, not "many"');
    expect(all).toContain('x.yaml:1:1: task_name: must be 1 to 63');
    expect(all).toMatch(/x\.yaml:5:27: parameters\.tp_size\.vals: unknown key; did you mean 'values'\?/);
    expect(all).toContain('benchmark.traffic_scenarios[0]');
  });

  it('places malformed JSON and YAML', () => {
    expect(errorsOf('{\n  "task_name": "x",\n}', 'x.json')[0]).toMatch(/^x\.json:3:1: not valid JSON/);
    expect(errorsOf('{"a": 1', 'x.json')[0]).toMatch(/^x\.json:1:8: not valid JSON/);
    expect(errorsOf('a: [1, 2\nb: 3', 'x.yaml')[0]).toMatch(/^x\.yaml:\d+:\d+: /);
    expect(errorsOf('a: 1\na: 2', 'x.yaml')[0]).toMatch(/^x\.yaml:2:1: Map keys must be unique/);
  });

  it('refuses an alias bomb', () => {
    let text = 'l0: &l0 [x, x, x, x, x, x, x, x, x]\n';
    for (let i = 1; i < 9; i++)
      text += `l${i}: &l${i} [${Array(9)
        .fill(`*l${i - 1}`)
        .join(', ')}]\n`;
    expect(errorsOf(text, 'bomb.yaml')[0]).toMatch(/Excessive alias count/);
  });

  it.each(['$(reboot)', '{{ 7*7 }}', 'a: b', '`id`', '../../etc/passwd', 'a\nb', '', 'x'.repeat(64)])(
    'refuses the task name %j',
    (name) => {
      expect(errorsOf(JSON.stringify({ ...minimal, task_name: name }), 'x.json')[0]).toContain(
        'task_name: must be 1 to 63'
      );
    }
  );

  it('takes hostile parameter values literally', () => {
    const values = ['$(reboot)', '{{ 7*7 }}', '"; rm -rf /', '--port=1'];
    const { task } = parseTaskText(
      JSON.stringify({ ...minimal, parameters: { p: { type: 'choice', values } } }),
      'x.json'
    );
    expect(task.parameters['p']).toEqual({ type: 'choice', values });
  });

  it('checks constraints when the file is read', () => {
    const text = JSON.stringify({ ...minimal, constraints: ['tp_sise > 1'] });
    expect(errorsOf(text, 'x.json')[0]).toContain("constraints[0]: unknown parameter 'tp_sise'");
  });

  it('says that a file is missing', async () => {
    await expect(loadTaskFile('no/such.json')).rejects.toThrow('no/such.json: there is no such file');
  });
});
