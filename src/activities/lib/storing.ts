import { Context } from '@temporalio/activity';
import { TunerError } from '../../domain/failures.js';
import type { Dependencies } from '../dependencies.js';
import { withHeartbeat } from './heartbeat.js';

const UNWRITABLE = new Set(['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EPERM', 'EFBIG', 'ENOTDIR', 'EEXIST', 'EISDIR']);

/** A disk that is full or read-only is the user's to mend: retried as RESULTS in contracts/policies.ts says, then told with its code. */
export function storing<T>(dependencies: Pick<Dependencies, 'redactor'>, work: () => Promise<T>): Promise<T> {
  return withHeartbeat(dependencies, async () => {
    try {
      return await work();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined || !UNWRITABLE.has(code)) throw error;
      Context.current().log.warn('cannot write results', { code, message });
      throw new TunerError('RESULTS_UNWRITABLE', message);
    }
  });
}
