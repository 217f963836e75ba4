/** Tasks to begin with, and the one that was being written. */
const KEY = 'autotuner.draft';

export const FIRST_TASK = `# Everything that is not given has a default; the form beside changes the same text.
task_name: my-tune
backend: process
engine: llama.cpp
model: { name: smollm2-135m-instruct }
parameters:
  threads: { type: choice, values: [ 1, 2 ] }
  parallel: { type: choice, values: [ 1, 2, 4 ] }
optimization:
  strategy: grid_search
  max_iterations: 6
  objective: { metric: ttft, statistic: mean, direction: minimize }
benchmark:
  model_name: smollm2
  model_tokenizer: smollm2-135m-instruct
  traffic_scenarios: [ "D(200,16)" ]
  num_concurrency: [ 1, 4 ]
  max_time_per_iteration: 1
  max_requests_per_iteration: 12
`;

export function loadDraft(): string {
  try {
    return localStorage.getItem(KEY) || FIRST_TASK;
  } catch {
    return FIRST_TASK;
  }
}

export function saveDraft(text: string): void {
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // Then it lasts as long as the page.
  }
}
