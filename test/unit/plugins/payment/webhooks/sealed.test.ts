import { describe, expect, it } from 'vitest';
import { seal, sealKeys, unseal } from '../../../../../plugins/payment/webhooks/sealed.ts';

const text = '{"id":"evt_1","grüße":"✓"}';

describe('a sealed text', () => {
  it('opens with its key and context, and says nothing of itself', () => {
    const keys = sealKeys(['whsec_1']);
    const sealed = seal(text, 'stripe:evt_1', keys);
    expect(unseal(sealed, 'stripe:evt_1', keys)).toBe(text);
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('evt_1');
    expect(seal(text, 'stripe:evt_1', keys)).not.toBe(sealed);
  });

  it('opens while its secret is still among those configured, wherever it stands', () => {
    const sealed = seal(text, 'c', sealKeys(['old']));
    expect(unseal(sealed, 'c', sealKeys(['new', 'old']))).toBe(text);
    expect(unseal(sealed, 'c', sealKeys(['new']))).toBeUndefined();
    const since = seal(text, 'c', sealKeys(['new', 'old']));
    expect(unseal(since, 'c', sealKeys(['old']))).toBeUndefined();
    expect(unseal(since, 'c', sealKeys(['new']))).toBe(text);
  });

  it('opens nowhere else, and not when one bit is another', () => {
    const keys = sealKeys(['s']);
    const sealed = seal(text, 'stripe:evt_1', keys);
    expect(unseal(sealed, 'stripe:evt_2', keys)).toBeUndefined();
    const bytes = Buffer.from(sealed, 'base64');
    for (let at = 0; at < bytes.length; at += 1) {
      const other = Buffer.from(bytes);
      other.writeUInt8(other.readUInt8(at) ^ 1, at);
      expect(unseal(other.toString('base64'), 'stripe:evt_1', keys)).toBeUndefined();
    }
    expect(unseal('', 'stripe:evt_1', keys)).toBeUndefined();
    expect(() => seal(text, 'c', [])).toThrow('No key');
  });
});
