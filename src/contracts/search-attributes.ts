import { defineSearchAttributeKey } from '@temporalio/common';

/** Typed, few, and without secrets: they are stored in clear and can be queried. */
export const SEARCH_ATTRIBUTES = {
  task: defineSearchAttributeKey('AutotunerTask', 'KEYWORD'),
  model: defineSearchAttributeKey('AutotunerModel', 'KEYWORD'),
  engine: defineSearchAttributeKey('AutotunerEngine', 'KEYWORD'),
  backend: defineSearchAttributeKey('AutotunerBackend', 'KEYWORD'),
  phase: defineSearchAttributeKey('AutotunerPhase', 'KEYWORD'),
  bestScore: defineSearchAttributeKey('AutotunerBestScore', 'DOUBLE'),
} as const;
