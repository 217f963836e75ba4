import { z } from 'zod';

/** Over these a volume would change which code runs, or what the container may do. */
const SYSTEM_PATH = /^\/(?:proc|sys|etc|run|var\/run|usr|s?bin|lib\d*|boot|dev(?!\/shm\/?$))(?:\/|$)/;

/** Where a volume may be put in a container. */
export const mountPath = z
  .string()
  .max(500)
  .regex(/^(?:\/[\w.-]+)+\/?$/, 'must be an absolute path')
  .refine((path) => !/\/\.\.?(?:\/|$)/.test(path) && !SYSTEM_PATH.test(path), {
    error: 'is not a place for a volume',
  });
