/** The parameter guide: data about each engine, presets for new tasks, and warnings about a task. Pure; runs in the browser, too. */
export { GUIDE_ENGINES, guideSchema, type Guide, type GuideEngine, type GuideWarning } from './guide.schema.js';
export { guideOf, guideParameter } from './guides.js';
export { guideMarkdown } from './markdown.js';
export { warningsFor } from './warnings.js';
