import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FaultProxy } from './fault-proxy.js';

let echo: Server;
let proxy: FaultProxy;
let received = '';

beforeEach(async () => {
  received = '';
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      received += data.toString();
      socket.write(data);
    });
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await FaultProxy.start({ target: (echo.address() as AddressInfo).port });
});
afterEach(async () => {
  await proxy.close();
  echo.close();
});

async function client(): Promise<{ socket: Socket; answers: () => string; ended: Promise<unknown> }> {
  const socket = connect(proxy.port, '127.0.0.1');
  let answers = '';
  socket.on('data', (data) => (answers += data.toString()));
  socket.on('error', () => undefined);
  const ended = new Promise((closed) => socket.once('close', closed));
  await once(socket, 'connect');
  return { socket, answers: () => answers, ended };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1000) throw new Error('waited in vain');
    await sleep(5);
  }
}

describe('the fault proxy', () => {
  it('passes on, and holds back without a change of order', async () => {
    const { socket, answers } = await client();
    socket.write('a');
    await until(() => answers() === 'a');
    proxy.set({ kind: 'latency', ms: 100 });
    const startedAt = performance.now();
    socket.write('b');
    await sleep(20);
    proxy.set({ kind: 'none' });
    socket.write('c');
    await until(() => answers() === 'abc');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(99);
  });

  it('resets what there is and what comes', async () => {
    const { ended } = await client();
    proxy.set({ kind: 'reset' });
    await ended;
    const next = connect(proxy.port, '127.0.0.1');
    await expect(once(next, 'data')).rejects.toThrow('ECONNRESET');
  });

  it.each([
    ['blackhole', ''],
    ['half-open', 'lost'],
  ] as const)('%s: nothing is answered, and the connection is of no use afterwards', async (kind, arrives) => {
    const { socket, answers, ended } = await client();
    proxy.set({ kind });
    socket.write('lost');
    await sleep(100);
    expect([received, answers()]).toEqual([arrives, '']);
    proxy.set({ kind: 'none' });
    await ended;
    const fresh = await client();
    fresh.socket.write('well');
    await until(() => fresh.answers() === 'well');
  });
});
