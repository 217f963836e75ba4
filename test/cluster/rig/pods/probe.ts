/** Readiness, as a container's probe defines it. */
import { request } from 'node:http';
import { connect } from 'node:net';
import type { V1Container } from '@kubernetes/client-node';

const TIMEOUT_MS = 1000;

/**
 * Asks once.
 * @param localPort where the container's port leads.
 * @returns true without a probe that can be asked from outside: the kubelet takes such a container for ready at once.
 */
export function isReady({ readinessProbe }: V1Container, localPort: number): Promise<boolean> {
  if (readinessProbe?.httpGet) return answers(localPort, readinessProbe.httpGet.path ?? '/');
  if (readinessProbe?.tcpSocket) return accepts(localPort);
  return Promise.resolve(true);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: TIMEOUT_MS });
    const settle = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => settle(true));
    for (const event of ['error', 'timeout']) socket.once(event, () => settle(false));
  });
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ port, path, host: '127.0.0.1', timeout: TIMEOUT_MS }, ({ statusCode = 0 }) => {
      asked.destroy();
      resolve(statusCode >= 200 && statusCode < 400);
    });
    asked.once('timeout', () => asked.destroy()).once('error', () => resolve(false));
    asked.end();
  });
}
