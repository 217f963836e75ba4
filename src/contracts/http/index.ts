/** Everything that goes over HTTP: schemas, and the types inferred from them. Safe in a browser. */
export * from './about.js';
export * from './common.js';
export * from './events.js';
export * from './experiments.js';
export * from './history.js';
export * from './results.js';
export * from './schedules.js';
export * from './tasks.js';
export * from './tunes.js';
