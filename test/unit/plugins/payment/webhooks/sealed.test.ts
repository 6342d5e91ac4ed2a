import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seal, sealKeys, unseal } from '../../../../../plugins/payment/webhooks/sealed.ts';

const text = '{"id":"evt_1","grüße":"✓"}';

describe('a sealed text', () => {
  it('opens with its key and context, and says nothing of itself', async () => {
    const keys = sealKeys(['whsec_1']);
    const sealed = await seal(text, 'stripe:evt_1', keys);
    expect(await unseal(sealed, 'stripe:evt_1', keys)).toBe(text);
    expect(sealed.toString('latin1')).not.toContain('evt_1');
    expect(await seal(text, 'stripe:evt_1', keys)).not.toEqual(sealed);
  });

  it('takes less room than its text', async () => {
    const keys = sealKeys(['s']);
    const long = JSON.stringify(Array.from({ length: 50 }, (_, id) => ({ id, object: 'event' })));
    const sealed = await seal(long, 'c', keys);
    expect(sealed.length).toBeLessThan(long.length / 2);
    expect(await unseal(sealed, 'c', keys)).toBe(long);
  });

  it('opens in the form that earlier releases stored', async () => {
    const keys = sealKeys(['s']);
    const [key = Buffer.alloc(0)] = keys;
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from('c'));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const former = Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
    expect(await unseal(former, 'c', keys)).toBe(text);
    expect(await unseal(former, 'd', keys)).toBeUndefined();
  });

  it('opens while its secret is still among those configured, wherever it stands', async () => {
    const sealed = await seal(text, 'c', sealKeys(['old']));
    expect(await unseal(sealed, 'c', sealKeys(['new', 'old']))).toBe(text);
    expect(await unseal(sealed, 'c', sealKeys(['new']))).toBeUndefined();
    const since = await seal(text, 'c', sealKeys(['new', 'old']));
    expect(await unseal(since, 'c', sealKeys(['old']))).toBeUndefined();
    expect(await unseal(since, 'c', sealKeys(['new']))).toBe(text);
  });

  it('opens nowhere else, and not when one bit is another', async () => {
    const keys = sealKeys(['s']);
    const sealed = await seal(text, 'stripe:evt_1', keys);
    expect(await unseal(sealed, 'stripe:evt_2', keys)).toBeUndefined();
    for (let at = 0; at < sealed.length; at += 1) {
      const other = Buffer.from(sealed);
      other.writeUInt8(other.readUInt8(at) ^ 1, at);
      expect(await unseal(other, 'stripe:evt_1', keys)).toBeUndefined();
    }
    expect(await unseal(Buffer.alloc(0), 'stripe:evt_1', keys)).toBeUndefined();
    await expect(seal(text, 'c', [])).rejects.toThrow('No key');
  });
});
