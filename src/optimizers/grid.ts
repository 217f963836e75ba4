import type { Optimizer } from './types.js';
import { walk } from './walk.js';

/** Every combination in order, the last parameter varying fastest, as the prototype did; nothing is expanded. */
export const gridSearch: Optimizer = {
  suggest: async (request) => walk(request, { length: request.space.size, at: (position) => position }),
};
