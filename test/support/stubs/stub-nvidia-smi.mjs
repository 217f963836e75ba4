#!/usr/bin/env node
/**
 * nvidia-smi without a driver: answers the two queries from the JSON file that STUB_NVIDIA_SMI names, which a test changes.
 *
 *   { "devices": [{ "index": 0, "uuid": "GPU-0", "used": 3, "total": 1000 }], "apps": [{ "pid": 1, "uuid": "GPU-0" }],
 *     "held": "FILE",     // while it is there, the first device has 900 MiB more in use
 *     "fault": "garbage" | "exit" | "hang" }
 */
import { existsSync, readFileSync } from 'node:fs';

const [question = ''] = process.argv.slice(2);
const { devices = [], apps = [], held, fault } = JSON.parse(readFileSync(process.env.STUB_NVIDIA_SMI, 'utf8'));
if (fault === 'exit') {
  console.error('NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.');
  process.exit(9);
}
if (fault === 'hang') setInterval(() => undefined, 1000);
else if (fault === 'garbage') console.log('<html>, \u0000, GPU-0; rm -rf, NaN\n0, GPU-0, [N/A]');
else if (question.startsWith('--query-gpu'))
  for (const [i, { index, uuid, used, total }] of devices.entries())
    console.log(`${index}, ${uuid}, ${i === 0 && held && existsSync(held) ? used + 900 : used}, ${total}`);
else for (const { pid, uuid } of apps) console.log(`${pid}, ${uuid}, 900`);
