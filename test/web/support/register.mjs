/** For `node --import`: TypeScript as it is. */
import { register } from 'node:module';

register('../../support/typescript-hooks.mjs', import.meta.url);
