/** Limits that a combination must hold. */
import { z } from 'zod';
import { METRICS, STATISTICS } from './measurement.js';

const sloSchema = z
  .strictObject({
    metric: z.enum(METRICS),
    statistic: z.enum(STATISTICS).optional().describe('Of metrics that have one value per request. Default: mean.'),
    max: z.number().min(0).max(1e12).optional().describe('The most that holds it: seconds for latencies.'),
    min: z.number().min(0).max(1e12).optional().describe('The least that holds it.'),
  })
  .refine(({ max, min }) => (max === undefined) !== (min === undefined), 'needs a limit: max or min');

export const slosSchema = z.array(sloSchema).max(20).describe('Limits that every load must hold.');
