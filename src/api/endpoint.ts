/** How an endpoint is described: once, for its route, its checks, its documentation and the tests that go over all of them. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

/** Who may use it: `open` needs no token ever. Without tokens whoever reaches the server may do everything. */
export type Access = 'open' | 'read' | 'write';

/** What comes back: JSON by a schema, or text of a type. */
export type Answer = z.ZodType | { readonly contentType: string };

export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

interface Described {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `:name` for parameters. */
  readonly path: string;
  readonly access: Access;
  readonly tag: string;
  /** One sentence. */
  readonly summary: string;
  /** Status of a success; default 200. */
  readonly status?: number;
  readonly answer: Answer;
  /** A stream over Server-Sent Events or WebSocket: it takes care of its reply itself. */
  readonly stream?: 'sse' | 'ws';
  /** Headers that it looks at, for the documentation. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One endpoint of the API, with everything that is to be known about it. */
export interface Endpoint extends Described {
  readonly params?: z.ZodType | undefined;
  readonly query?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
  /** What it returns is sent; `undefined` where it has answered itself. */
  readonly handle: (call: Call<unknown, unknown, unknown>) => Promise<unknown>;
}

type Out<T> = T extends z.ZodType ? z.output<T> : undefined;

/** Lets the compiler see that a handler fits its schemas. */
export function endpoint<
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  A extends Answer = Answer,
>(
  description: Omit<Described, 'answer'> & {
    readonly params?: P;
    readonly query?: Q;
    readonly body?: B;
    readonly answer: A;
    readonly handle: (
      call: Call<Out<P>, Out<Q>, Out<B>>
    ) => Promise<A extends z.ZodType ? z.input<A> | undefined : string | Buffer | undefined>;
  }
): Endpoint {
  return description as unknown as Endpoint;
}
