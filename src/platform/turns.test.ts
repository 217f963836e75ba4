import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('turns', () => {
  it('are taken one after the other for a name, and side by side for different ones', async () => {
    const turns = new Turns();
    const events: string[] = [];
    const work = (name: string, label: string) => (): Promise<string> =>
      turns.take(name, async () => {
        events.push(`${label} begins`);
        await pause();
        events.push(`${label} ends`);
        return label;
      });
    const all = [work('x', '1'), work('x', '2'), work('y', '3')].map((start) => start());
    expect(await Promise.all(all)).toEqual(['1', '2', '3']);
    const ofX = events.filter((event) => !event.startsWith('3'));
    expect(ofX).toEqual(['1 begins', '1 ends', '2 begins', '2 ends']);
    expect(events.indexOf('3 begins')).toBeLessThan(events.indexOf('1 ends'));
  });

  it('go on after one that failed, for whom the failure is', async () => {
    const turns = new Turns();
    const failing = turns.take('x', () => Promise.reject(new Error('no')));
    const next = turns.take('x', async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});
