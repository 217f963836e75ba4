/** Counters for GET /metrics, in Prometheus' text form and with llama-server's names. */
import type { BatchLoop } from './batch-loop.js';

export class Metrics {
  promptTokens = 0;
  predictedTokens = 0;
  /** Time from the start on a slot to the first token, summed over requests. */
  promptSeconds = 0;
  /** Time from the first token to the last, summed over requests. */
  predictedSeconds = 0;

  render(loop: BatchLoop): string {
    const lines = [
      ['counter', 'prompt_tokens_total', 'Number of prompt tokens processed.', this.promptTokens],
      ['counter', 'prompt_seconds_total', 'Prompt process time', this.promptSeconds],
      ['counter', 'tokens_predicted_total', 'Number of generation tokens processed.', this.predictedTokens],
      ['counter', 'tokens_predicted_seconds_total', 'Predict process time', this.predictedSeconds],
      ['gauge', 'requests_processing', 'Number of requests processing.', loop.processing],
      ['gauge', 'requests_deferred', 'Number of requests deferred.', loop.deferred],
    ].map(([type, name, help, value]) => {
      const metric = `llamacpp:${name}`;
      return `# HELP ${metric} ${help}\n# TYPE ${metric} ${type}\n${metric} ${value}\n`;
    });
    return lines.join('');
  }
}
