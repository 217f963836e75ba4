/** The workflow types. Their names are public: Temporal's CLI, UI and schedules start them by name. */
export { tuneWorkflow } from './tune.js';
export { experimentWorkflow } from './experiment.js';
export { reapOrphansWorkflow } from './reap-orphans.js';
