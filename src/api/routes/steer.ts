import { saidSchema } from '../../contracts/http/common.js';
import { extendSchema, retriedSchema, retryFailedSchema } from '../../contracts/http/tunes.js';
import type { Tune } from '../../client/index.js';
import { describeReasons, isRetryReason } from '../../domain/tuning/retry.js';
import { titleOf } from '../../domain/tuning/title.js';
import type { ApiContext } from '../context.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { ApiError } from '../problem.js';
import { tuneParams } from './params.js';

interface Steering {
  readonly name: string;
  readonly summary: string;
  readonly act: (tune: Tune) => Promise<string>;
}

const STEERINGS: readonly Steering[] = [
  {
    name: 'pause',
    summary: 'Start no further experiment; the running ones end normally.',
    act: (tune) => tune.pause(),
  },
  { name: 'resume', summary: 'Go on after a pause.', act: (tune) => tune.resume() },
  { name: 'stop', summary: 'Finish now, with the best so far.', act: (tune) => tune.stop() },
  {
    name: 'cancel',
    summary: 'End it without an answer; engines are taken down first, and what was measured is kept.',
    act: async (tune) => {
      await tune.cancel();
      return 'cancelling: its engines are taken down first';
    },
  },
];

/** What a tune can be told. */
export function steerRoutes({ reader }: ApiContext): Endpoint[] {
  const path = (name: string): string => `/api/v1/tunes/:id/${name}`;
  const common = { method: 'POST', access: 'write', tag: 'tunes', params: tuneParams } as const;
  return [
    ...STEERINGS.map(({ name, summary, act }) =>
      endpoint({
        ...common,
        ...{ path: path(name), summary },
        answer: saidSchema,
        handle: async ({ params }) => ({ message: await act(await reader.find(params.id)) }),
      })
    ),
    endpoint({
      ...common,
      path: path('extend'),
      summary: 'Allow it more experiments.',
      body: extendSchema,
      answer: saidSchema,
      handle: async ({ params, body }) => ({ message: await (await reader.find(params.id)).extend(body.iterations) }),
    }),
    endpoint({
      ...common,
      path: path('retry-failed'),
      summary: 'Run again what failed, was cancelled or was lost in a tune that has ended, and keep the rest.',
      body: retryFailedSchema,
      answer: retriedSchema,
      handle: async ({ params, body: { codes = [], dryRun = false } }) => {
        const unknown = codes.find((code) => !isRetryReason(code));
        if (unknown !== undefined)
          throw new ApiError('invalid-request', `'${unknown}' is no failure code, nor 'cancelled', nor 'lost'`);
        const again = await (await reader.find(params.id)).retryFailed({ codes, dryRun });
        return {
          started: !dryRun,
          words: describeReasons(again),
          again: again.map((item) => ({
            experimentId: item.experimentId,
            title: titleOf(item),
            reason: item.reason,
          })),
        };
      },
    }),
  ];
}
