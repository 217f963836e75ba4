/** Errors with the words and codes of llama-server, so that clients and the tuner's diagnosis need to know one kind only. */

/** A bad command line or environment: printed as one line, exit code 1. */
export class StartError extends Error {
  override name = 'StartError';
}

/** An answer other than 200. Its JSON body is llama-server's. */
export class ApiError extends Error {
  override name = 'ApiError';

  /**
   * @param status HTTP status, repeated in the body as `code`
   * @param type llama-server's error type, such as `invalid_request_error`
   * @param details further fields of the body
   */
  constructor(
    public readonly status: number,
    public readonly type: string,
    message: string,
    private readonly details: Record<string, number> = {}
  ) {
    super(message);
  }

  toJSON(): object {
    return { error: { code: this.status, message: this.message, type: this.type, ...this.details } };
  }
}

export const invalidRequest = (message: string): ApiError => new ApiError(400, 'invalid_request_error', message);

export const loadingModel = (): ApiError => new ApiError(503, 'unavailable_error', 'Loading model');

/** The prompt alone fills a slot's share of the context. */
export const contextSizeExceeded = (promptTokens: number, slotContextSize: number): ApiError =>
  new ApiError(
    400,
    'exceed_context_size_error',
    `request (${promptTokens} tokens) exceeds the available context size (${slotContextSize} tokens), try increasing it`,
    { n_prompt_tokens: promptTokens, n_ctx: slotContextSize }
  );
