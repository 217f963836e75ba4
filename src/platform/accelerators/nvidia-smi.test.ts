import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findNvidiaSmi, NvidiaSmi, parseDevices, parseHolders } from './nvidia-smi.js';

const STUB = resolve('test/support/stubs/stub-nvidia-smi.mjs');

describe('what nvidia-smi says', () => {
  it('is read by device, in order', () => {
    expect(parseDevices('1, GPU-b, 12, 81559\n0, GPU-a-1, 3, 81559\n')).toEqual([
      { index: 0, uuid: 'GPU-a-1', usedMiB: 3, totalMiB: 81559 },
      { index: 1, uuid: 'GPU-b', usedMiB: 12, totalMiB: 81559 },
    ]);
    expect(parseHolders('4242, GPU-b, 900\n17, GPU-b, [N/A]')).toEqual([
      { pid: 4242, uuid: 'GPU-b' },
      { pid: 17, uuid: 'GPU-b' },
    ]);
  });

  it('may be anything else', () => {
    expect(parseDevices('0, GPU-a, [N/A], [Not Supported]')).toEqual([
      { index: 0, uuid: 'GPU-a', usedMiB: null, totalMiB: null },
    ]);
    const hostile = [
      ...['', '\u0000', 'No devices were found', '<html>, a, b', ', , ,', 'x, GPU-a, 1, 2', '0, GPU-a;reboot, 1, 2'],
      ...['0, GPU-a$(reboot), 1, 2', '-1, GPU-a, 1, 2', '1e3, GPU-a, 1, 2', `0, GPU-${'a'.repeat(100)}, 1, 2`],
    ];
    expect(parseDevices(hostile.join('\n'))).toEqual([]);
    expect(parseHolders(hostile.join('\n'))).toEqual([]);
    expect(parseDevices('0, GPU-a, -5, 99999999999999999999')).toMatchObject([{ usedMiB: null, totalMiB: null }]);
  });
});

describe('asking nvidia-smi', () => {
  let dir: string;
  const answers = (answer: object): Promise<void> => writeFile(join(dir, 'smi.json'), JSON.stringify(answer));
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'smi-'));
    process.env['STUB_NVIDIA_SMI'] = join(dir, 'smi.json');
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('gives devices and holders', async () => {
    await answers({
      devices: [{ index: 0, uuid: 'GPU-0', used: 3, total: 1000 }],
      apps: [{ pid: 1, uuid: 'GPU-0' }],
    });
    const smi = new NvidiaSmi(STUB);
    expect(await smi.devices()).toEqual([{ index: 0, uuid: 'GPU-0', usedMiB: 3, totalMiB: 1000 }]);
    expect(await smi.holders()).toEqual([{ pid: 1, uuid: 'GPU-0' }]);
  });

  it('fails clearly when the tool does, and makes nothing of nonsense', async () => {
    await answers({ fault: 'exit' });
    await expect(new NvidiaSmi(STUB).devices()).rejects.toThrow(/could not communicate with the NVIDIA driver/);
    await answers({ fault: 'garbage' });
    expect(await new NvidiaSmi(STUB).devices()).toEqual([{ index: 0, uuid: 'GPU-0', usedMiB: null, totalMiB: null }]);
    await answers({ devices: [] });
    await expect(new NvidiaSmi(STUB).devices()).rejects.toThrow('nvidia-smi lists no device');
  });

  it('does not wait for one that hangs', async () => {
    await answers({ fault: 'hang' });
    await expect(new NvidiaSmi(STUB, 300).devices()).rejects.toThrow();
  });

  it('is looked for where it is named, and not at all when it is not wanted', () => {
    expect(findNvidiaSmi({ PATH: '' })).toBeNull();
    expect(findNvidiaSmi({ NVIDIA_SMI_PATH: 'none', PATH: process.env['PATH'] })).toBeNull();
    expect(findNvidiaSmi({ NVIDIA_SMI_PATH: STUB })).toBeInstanceOf(NvidiaSmi);
    expect(() => findNvidiaSmi({ NVIDIA_SMI_PATH: '/no/such/file' })).toThrow(/NVIDIA_SMI_PATH/);
  });
});
