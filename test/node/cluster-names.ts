/**
 * The cluster's names, in CoreDNS's place: `<service>.<namespace>.svc.cluster.local` is the service's address, and every other name is none
 * at once, as there is nobody who could be asked.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import type { V1Service } from '@kubernetes/client-node';
import type { Api } from '../cluster/rig/api.js';
import { Mirror } from '../cluster/rig/mirror.js';

const PORT = 53;
const HEADER_BYTES = 12;
const TYPE_A = 1;
const TTL_SECONDS = 5;
/** A response to a query, authoritative, recursion available. */
const FOUND = 0x8580;
const NO_SUCH_NAME = 0x8583;

export class ClusterNames {
  private readonly socket: Socket = createSocket('udp4');
  private readonly services: Mirror<V1Service>;

  constructor(api: Api) {
    this.services = new Mirror<V1Service>(api, '/api/v1/services');
  }

  /** @param address its own, since an answer from another one is not taken. */
  async start(address: string): Promise<void> {
    await this.services.start();
    this.socket.on('message', (query, from) => {
      const answer = this.answer(query);
      if (answer) this.socket.send(answer, from.port, from.address);
    });
    await new Promise<void>((done, fail) => this.socket.once('error', fail).bind(PORT, address, done));
  }

  stop(): void {
    this.services.stop();
    this.socket.close();
  }

  private answer(query: Buffer): Buffer | null {
    const question = readQuestion(query);
    if (!question) return null;
    const { name, type, end } = question;
    const [service = '', namespace = '', ...domain] = name.toLowerCase().split('.');
    const known = domain.join('.') === 'svc.cluster.local' && this.services.items.get(`${namespace}/${service}`);
    const address = known ? (known.spec?.clusterIP ?? '') : '';
    // Of one that exists there is an address of version 4 and nothing else, and of a headless one (`None`) not even that.
    const record = type === TYPE_A && isIPv4(address) ? addressRecord(address) : Buffer.alloc(0);
    const header = Buffer.from(query.subarray(0, HEADER_BYTES));
    header.writeUInt16BE(known ? FOUND : NO_SUCH_NAME, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(record.length > 0 ? 1 : 0, 6);
    // What else came with the question is not answered.
    header.writeUInt32BE(0, 8);
    return Buffer.concat([header, query.subarray(HEADER_BYTES, end), record]);
  }
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } | null {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  return end <= query.length ? { name: labels.join('.'), type: query.readUInt16BE(at + 1), end } : null;
}

function addressRecord(address: string): Buffer {
  const record = Buffer.alloc(16);
  // The name is that of the question, which follows the header.
  record.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(TTL_SECONDS, 6);
  record.writeUInt16BE(4, 10);
  Buffer.from(address.split('.').map(Number)).copy(record, 12);
  return record;
}
