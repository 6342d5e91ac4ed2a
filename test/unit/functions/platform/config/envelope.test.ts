import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { openConfig, sealConfig } from '../../../../../functions/platform/config/envelope.ts';

const key = randomBytes(32).toString('base64');
const document = { configVersion: 3, values: { key: 'sk_secret', n: 1 } };
const origin = { plugin: 'payment', stage: 'prod', label: 'cfg-7', exportedAt: '2026-11-23T10:00:00.000Z' };

it('gives back what it sealed, and shows nothing of it', () => {
  const envelope = sealConfig(document, key, origin);
  expect(JSON.stringify(envelope)).not.toContain('sk_secret');
  expect(openConfig(JSON.parse(JSON.stringify(envelope)) as typeof envelope, key)).toEqual(document);
  expect(sealConfig(document, key, origin).iv).not.toBe(envelope.iv);
});

it('opens under its own key alone, and only as it was made', () => {
  const envelope = sealConfig(document, key, origin);
  const other = randomBytes(32).toString('base64');
  expect(() => openConfig(envelope, other)).toThrow(expect.objectContaining({ code: 'envelope-invalid' }));
  const flipped = Buffer.from(envelope.ciphertext, 'base64').fill(0, 0, 1).toString('base64');
  for (const change of [
    { plugin: 'other' },
    { stage: 'dev' },
    { configVersion: 2 },
    { label: 'cfg-8' },
    { exportedAt: '' },
    { ciphertext: flipped },
    { tag: randomBytes(16).toString('base64') },
    { tag: envelope.tag.slice(0, 4) },
  ]) {
    expect(() => openConfig({ ...envelope, ...change }, key)).toThrow(
      expect.objectContaining({ code: 'envelope-invalid' }),
    );
  }
});

it.each(['', 'short', randomBytes(31).toString('base64'), randomBytes(33).toString('base64'), 'not base64!'])(
  'takes no key such as %j',
  (bad) => {
    expect(() => sealConfig(document, bad, origin)).toThrow(
      expect.objectContaining({ code: 'export-key-invalid' }),
    );
  },
);
