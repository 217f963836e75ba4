/** The schemas that have a name in the published description: each is there once, however often it is used. */
import { z } from 'zod';
import * as http from '../contracts/http/index.js';
import { measurementSchema, resultsSchema } from '../domain/results/tune-result.js';

export const NAMED = z.registry<{ id: string }>();

const names: Readonly<Record<string, z.ZodType>> = {
  Problem: http.problemSchema,
  Forecast: http.forecastSchema,
  Spending: http.spendingSchema,
  Said: http.saidSchema,
  TuneSummary: http.tuneSummarySchema,
  TuneView: http.tuneViewSchema,
  TuneEvent: http.tuneEventSchema,
  TunesEvent: http.tunesEventSchema,
  ExperimentRow: http.experimentRowSchema,
  RunningExperiment: http.runningExperimentSchema,
  ExperimentDetail: http.experimentDetailSchema,
  ExperimentResult: http.experimentResultSchema,
  Measurement: measurementSchema,
  Verdict: resultsSchema.shape.verdict,
  ResultsFile: resultsSchema,
  ResultColumns: http.resultColumnsSchema,
  Plan: http.planSchema,
  Validation: http.validationSchema,
  LaunchForm: http.launchFormSchema,
  Schedule: http.scheduleSchema,
  HistoryEntry: http.historyEntrySchema,
  Comparison: http.comparisonSchema,
  About: http.aboutSchema,
};
for (const [id, schema] of Object.entries(names)) NAMED.add(schema, { id });
