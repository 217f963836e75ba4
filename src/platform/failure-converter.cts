/** Loaded by its path, by Temporal's client and worker, and into the bundle of the workflows: hence CommonJS. */
import common = require('@temporalio/common');

export = { failureConverter: new common.DefaultFailureConverter({ encodeCommonAttributes: true }) };
