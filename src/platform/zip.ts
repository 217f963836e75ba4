/** Zip archives, such as Excel workbooks: what stands in them is compressed. Source: PKWARE's APPNOTE.TXT, sections 4.3.6 to 4.3.16. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
const SIZES_FOLLOW = 8;
const MOST_BYTES = 256 * 1024 * 1024;

/** Whether these first bytes are those of an archive. */
export function isZip(start: Buffer): boolean {
  return start.length >= 4 && start.readUInt32LE(0) === LOCAL;
}

/**
 * An archive of the same entries with other contents.
 * @throws Error when it is damaged, encrypted, or packed in a way that is not known here.
 */
export function mapZip(zip: Buffer, map: (content: Buffer) => Buffer): Buffer {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || zip.readUInt32LE(end) !== END) throw new Error('no end of the central directory');
  const count = zip.readUInt16LE(end + 10);
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  let at = zip.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (zip.readUInt32LE(at) !== CENTRAL) throw new Error('no entry of the central directory');
    const nameBytes = zip.readUInt16LE(at + 28);
    const header = Buffer.from(zip.subarray(at, at + CENTRAL_BYTES + nameBytes));
    at += header.length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    const method = header.readUInt16LE(10);
    const content = map(unpack(zip, header, method));
    const packed = method === DEFLATED ? deflateRawSync(content) : content;
    header.writeUInt16LE(header.readUInt16LE(8) & ~SIZES_FOLLOW, 8);
    header.writeUInt32LE(crc32(content), 16);
    header.writeUInt32LE(packed.length, 20);
    header.writeUInt32LE(content.length, 24);
    header.fill(0, 30, 34);
    header.writeUInt32LE(offset, 42);
    // A local header repeats the central one from the version to the lengths.
    const local = Buffer.alloc(LOCAL_BYTES);
    local.writeUInt32LE(LOCAL, 0);
    header.copy(local, 4, 6, 32);
    const entry = Buffer.concat([local, header.subarray(CENTRAL_BYTES), packed]);
    locals.push(entry);
    centrals.push(header);
    offset += entry.length;
  }
  const tail = Buffer.from(zip.subarray(end, end + END_BYTES));
  tail.writeUInt32LE(
    centrals.reduce((sum, header) => sum + header.length, 0),
    12
  );
  tail.writeUInt32LE(offset, 16);
  tail.writeUInt16LE(0, 20);
  return Buffer.concat([...locals, ...centrals, tail]);
}

function unpack(zip: Buffer, header: Buffer, method: number): Buffer {
  const local = header.readUInt32LE(42);
  if (zip.readUInt32LE(local) !== LOCAL) throw new Error('no local header');
  if (header.readUInt16LE(8) & ENCRYPTED) throw new Error('it is encrypted');
  const begin = local + LOCAL_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const packed = zip.subarray(begin, begin + header.readUInt32LE(20));
  if (method === STORED) return packed;
  if (method === DEFLATED) return inflateRawSync(packed, { maxOutputLength: MOST_BYTES });
  throw new Error(`its method ${method} is not known`);
}

/** Node 20.11 has none of its own. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
