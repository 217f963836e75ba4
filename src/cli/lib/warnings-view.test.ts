import { expect, it } from '@jest/globals';
import { taskOf } from '../../../test/support/tasks.js';
import { loadTaskFile } from '../../platform/task-file.js';
import { warningLines } from './warnings-view.js';

it('says nothing about the examples', async () => {
  for (const name of ['local_task', 'local_slo_task', 'simple_task', 'larger_task']) {
    const { task } = await loadTaskFile(`examples/${name}.json`);
    expect(warningLines(task)).toEqual([]);
  }
});

it('has one line per warning', () => {
  const task = taskOf({
    engine: 'vllm',
    engine_args: { max_num_seqs: 0 },
    parameters: { tp_size: { type: 'choice', values: [1, 3] } },
  });
  expect(warningLines(task)).toEqual([
    'danger   vLLM does not start with max_num_seqs 0: it must be at least 1',
    'caution  tp_size 3 works only where it divides the attention heads of the model',
  ]);
});
