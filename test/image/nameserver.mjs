/**
 * Says of every name that there is none. In a network of its own nobody answers Docker's name server, which asks others about names that
 * are no containers', as clients of gRPC do at each start (TXT records): they would wait longer than for the server.
 */
import { createSocket } from 'node:dgram';

const PORT = 53;
const HEADER_BYTES = 12;
/** A response, recursion available, and "no such name". */
const NO_SUCH_NAME = 0x8183;

/** @param {string} address its own, since an answer from another one is not taken @returns {Promise<() => void>} ends it */
export async function startNameserver(address) {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    if (question.length < HEADER_BYTES) return;
    const answer = Buffer.from(question);
    answer.writeUInt16BE(NO_SUCH_NAME, 2);
    socket.send(answer, from.port, from.address);
  });
  await new Promise((done, fail) => socket.once('error', fail).bind(PORT, address, done));
  return () => socket.close();
}
