/** The variables that a task may set for what it starts. */
import { z } from 'zod';
import { isReference, looksSecret, parseReference } from './secrets.js';

/** Variables that change which code runs, or by which the tuner knows its own, are not settings. */
const environmentName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable')
  .refine(
    (name) =>
      !/^(?:LD_|PYTHON(?:PATH|STARTUP|HOME|USERBASE|BREAKPOINT|WARNINGS)$|NODE_(?:OPTIONS|PATH)$|CUDA_INJECTION|GCONV_PATH$|PATH$|BASH_ENV$|ENV$)/.test(
        name
      ),
    'changes which code runs'
  )
  .refine((name) => !name.startsWith('AUTOTUNER_'), 'belongs to the tuner');

const text = z
  .string()
  .max(4096)
  .refine((value) => !value.includes('\0'), 'holds a NUL character');

const NO_LITERAL = 'looks like a secret, and a task file is kept in the history: ';

/** Of a process on the worker's machine: texts, and references that the worker resolves when it starts the process. */
export const processEnvironment = z.record(environmentName, text).superRefine((variables, context) => {
  for (const [name, value] of Object.entries(variables)) {
    const refuse = (message: string): void => context.addIssue({ code: 'custom', path: [name], message });
    if (isReference(value)) {
      if (!parseReference(value)) refuse("must be a reference like 'env:NAME' or 'file:/absolute/path'");
    } else if (value !== '' && looksSecret(name)) {
      refuse(`${NO_LITERAL}give a reference, 'env:NAME' or 'file:/absolute/path', instead of the value`);
    }
  }
});

/** A value, or a reference to a secret, which Kubernetes resolves: the tuner never reads it. */
const clusterValue = z.union([
  text,
  z.strictObject({
    secret: z
      .string()
      .max(253)
      .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'must be a DNS name'),
    key: z
      .string()
      .max(253)
      .regex(/^[A-Za-z0-9._-]+$/, 'must be the key of a secret'),
  }),
]);

/** Of a container in the cluster: texts, and references that Kubernetes resolves. */
export const clusterEnvironment = z.record(environmentName, clusterValue).superRefine((variables, context) => {
  const instead = 'give {"secret": NAME, "key": KEY} instead';
  for (const [name, value] of Object.entries(variables)) {
    if (typeof value !== 'string' || value === '') continue;
    const refuse = (message: string): void => context.addIssue({ code: 'custom', path: [name], message });
    if (isReference(value)) refuse(`is a reference to the worker's machine, which the cluster cannot see: ${instead}`);
    else if (looksSecret(name)) refuse(`${NO_LITERAL}${instead} of the value`);
  }
});

/** Which accelerators an engine sees is said once, by the devices that its container is given. */
const DEVICE_VARIABLES = /^(?:CUDA_VISIBLE_DEVICES|NVIDIA_VISIBLE_DEVICES|NVIDIA_DRIVER_CAPABILITIES)$/;

/** Of a container that the worker starts: as for a process, but for the variables that choose accelerators. */
export const containerEnvironment = processEnvironment.superRefine((variables, context) => {
  for (const name of Object.keys(variables).filter((item) => DEVICE_VARIABLES.test(item)))
    context.addIssue({ code: 'custom', path: [name], message: 'cannot go with devices: set docker.devices instead' });
});
