import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { parseCodecKeys, readCodecKeys } from './codec-keys.js';
import { EncryptionCodec } from './payload-codec.js';

const key = (fill: number): string => Buffer.alloc(32, fill).toString('base64');
const codec = (...lines: string[]): EncryptionCodec => new EncryptionCodec(parseCodecKeys(lines.join('\n'), 'keys'));
const none = new EncryptionCodec(new Map());
const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const valueOf = (item: Payload | undefined): unknown => defaultPayloadConverter.fromPayload(item as Payload);
const textOf = (item: Payload | undefined, name: string): string => String(item?.metadata?.[name]);

describe('the codec', () => {
  it('brings back what it has hidden, and never hides it in the same way', async () => {
    const [one, two] = await codec(`a:${key(1)}`).encode([
      payload({ model: 'secret-model' }),
      payload({ model: 'secret-model' }),
    ]);
    expect(Buffer.from(one?.data ?? []).includes('secret-model')).toBe(false);
    expect(one?.data).not.toEqual(two?.data);
    expect([textOf(one, 'encoding'), textOf(one, 'encryption-key-id')]).toEqual(['binary/encrypted', 'a']);
    const [back] = await codec(`a:${key(1)}`).decode([one as Payload]);
    expect(valueOf(back)).toEqual({ model: 'secret-model' });
  });

  it('reads what older keys have written, and writes with the first', async () => {
    const old = await codec(`old:${key(1)}`).encode([payload('before')]);
    const both = codec(`new:${key(2)}`, `old:${key(1)}`);
    expect(valueOf((await both.decode(old))[0])).toBe('before');
    expect(textOf((await both.encode([payload('after')]))[0], 'encryption-key-id')).toBe('new');
  });

  it('lets pass what is not encrypted, and encrypts nothing without keys', async () => {
    const plain = [payload('plain')];
    expect(await codec(`a:${key(1)}`).decode(plain)).toEqual(plain);
    expect(await none.encode(plain)).toEqual(plain);
    expect(await none.decode(plain)).toEqual(plain);
  });

  it('says which key is missing', async () => {
    const sealed = await codec(`a:${key(1)}`).encode([payload('x')]);
    await expect(codec(`b:${key(1)}`).decode(sealed)).rejects.toThrow(
      /the key 'a', and AUTOTUNER_CODEC_KEYS .* has: b$/
    );
    await expect(none.decode(sealed)).rejects.toThrow(/has: none$/);
  });

  it('notices another key of the same name, and any change', async () => {
    const [sealed] = await codec(`a:${key(1)}`).encode([payload('x')]);
    await expect(codec(`a:${key(2)}`).decode([sealed as Payload])).rejects.toThrow(/was changed, or .* name 'a'/);
    const data = Buffer.from(sealed?.data ?? []);
    for (let at = 0; at < data.length; at += 7) {
      const changed = Buffer.from(data);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(codec(`a:${key(1)}`).decode([{ ...sealed, data: changed }])).rejects.toThrow(/was changed/);
    }
    for (const length of [0, 5, 12, 27, data.length - 1]) {
      const cut = { ...sealed, data: data.subarray(0, length) };
      await expect(codec(`a:${key(1)}`).decode([cut])).rejects.toThrow(/was changed/);
    }
  });
});

describe('its keys', () => {
  it('are read from the file that the variable names', () => {
    const dir = mkdtempSync(join(tmpdir(), 'keys-'));
    writeFileSync(join(dir, 'keys'), `# rotated in May\n\n  b-2:${key(2)}\r\na.1:${key(1)}\n`);
    expect([...readCodecKeys({ AUTOTUNER_CODEC_KEYS: `file:${join(dir, 'keys')}` }).keys()]).toEqual(['b-2', 'a.1']);
    rmSync(dir, { recursive: true });
    expect(readCodecKeys({}).size).toBe(0);
  });

  it.each([
    ['no id', key(7), /keys:1: must be 'id:key'/],
    ['a short one', `a:${Buffer.alloc(16, 7).toString('base64')}`, /keys:1: the key has 16 bytes, not 32/],
    ['no Base64', 'a:BwcHBwc!secret', /keys:1: must be 'id:key'/],
    ['an id twice', `a:${key(1)}\na:${key(7)}`, /keys:2: the id 'a' is taken/],
    ['nothing', '# none', /holds no key/],
  ])('are refused, and not repeated: %s', (_, text, message) => {
    let error: unknown;
    try {
      parseCodecKeys(text, 'keys');
    } catch (thrown) {
      error = thrown;
    }
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toMatch(/BwcHBwc/);
  });

  it.each([
    [`a:${key(7)}`, /must be 'file:\/absolute\/path'/],
    ['file:/no/such/keys', /cannot read \/no\/such\/keys \(ENOENT\)/],
  ])('are not found in %s', (setting, message) => {
    expect(() => readCodecKeys({ AUTOTUNER_CODEC_KEYS: setting })).toThrow(message);
    expect(() => readCodecKeys({ AUTOTUNER_CODEC_KEYS: setting })).not.toThrow(/BwcHBwc/);
  });
});
