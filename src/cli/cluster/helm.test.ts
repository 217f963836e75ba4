import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findHelm, helmArguments, installChart } from './helm.js';
import { CHARTS, type Chart } from './versions.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'helm-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const chart = (release: string): Chart => {
  const found = CHARTS.find((one) => one.release === release);
  if (!found) throw new Error(`no chart ${release}`);
  return found;
};

/** A helm that writes down how it was called. @param script what it does then, in sh; `$1` is its first argument. */
async function stubHelm(script: string): Promise<{ helm: string; calls: () => Promise<string[]> }> {
  const helm = join(dir, `helm-${Math.random()}`);
  await writeFile(helm, `#!/bin/sh\necho "$*" >> "$0.calls"\n${script}\n`);
  await chmod(helm, 0o755);
  return { helm, calls: async () => (await readFile(`${helm}.calls`, 'utf8')).trim().split('\n') };
}

describe('helm', () => {
  it('is given a pinned version of every chart, and can be repeated', () => {
    for (const one of CHARTS) {
      expect(helmArguments(one).join(' ')).toMatch(
        /^upgrade --install \S+ \S+ .*--version v?\d+\.\d+\.\d+ --namespace \S+ --create-namespace --wait/
      );
    }
  });

  it("gets the owner's settings for OME alone", () => {
    expect(helmArguments(chart('ome'), 'mine.yaml').slice(-2)).toEqual(['--values', 'mine.yaml']);
    expect(helmArguments(chart('keda'), 'mine.yaml')).not.toContain('--values');
  });

  it('is found by HELM_PATH and on PATH, or the way out is told', async () => {
    const { helm } = await stubHelm('');
    expect(findHelm({ HELM_PATH: helm })).toBe(helm);
    expect(() => findHelm({ PATH: '/nowhere' })).toThrow(/HELM_PATH.*\n.*--dry-run/);
    expect(() => findHelm({ HELM_PATH: '/nowhere/helm', PATH: dir })).toThrow("'/nowhere/helm', which is not");
  });

  it('installs what is not there, and upgrades what it has installed', async () => {
    const fresh = await stubHelm('[ "$1" != status ]');
    expect(await installChart(fresh.helm, chart('keda'), false)).toBe('installed');
    const again = await stubHelm('');
    expect(await installChart(again.helm, chart('keda'), true)).toBe('up to date');
    expect((await again.calls()).at(-1)).toMatch(/^upgrade --install keda keda --repo /);
  });

  it('leaves alone what somebody installed in another way', async () => {
    const { helm, calls } = await stubHelm('[ "$1" != status ]');
    expect(await installChart(helm, chart('cert-manager'), true)).toContain('left as it is');
    expect(await calls()).toEqual(['status cert-manager --namespace cert-manager']);
  });

  it('keeps Helm 4 from applying on the server what others write into', async () => {
    const four = await stubHelm('[ "$1" = version ] && echo v4.1.0; true');
    await installChart(four.helm, chart('ome'), false);
    expect((await four.calls()).at(-1)).toMatch(/--server-side=false$/);
    const three = await stubHelm('[ "$1" = version ] && echo v3.19.0; true');
    await installChart(three.helm, chart('ome'), false);
    expect((await three.calls()).at(-1)).not.toContain('--server-side');
  });

  it('shows the last lines of a failure', async () => {
    const { helm } = await stubHelm('echo pulling; echo "Error: no such chart" >&2; exit 1');
    await expect(installChart(helm, chart('ome-crd'), false)).rejects.toThrow(/ome-crd:\n.*Error: no such chart/s);
  });
});
