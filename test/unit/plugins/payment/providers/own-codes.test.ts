import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ownCodes, providerCodeOf } from '../../../../../plugins/payment/providers/provider-error.ts';

const plugin = new URL('../../../../../plugins/payment/', import.meta.url);
const sources = readdirSync(plugin, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/^(sandbox|docs)\//.test(path))
  .map((path) => readFileSync(new URL(path, plugin), 'utf8'));

/** Codes that are written out where a refusal of a provider is made, not read from an answer. */
const written = sources.flatMap((source) =>
  [...source.matchAll(/(?:ProviderError\(|details = )\{[^}]*?code: '([\w-]+)'|failureCode: '([\w-]+)'/g)].map(
    ([, code, failureCode]) => code ?? failureCode ?? '',
  ),
);

describe('codes of providers', () => {
  it('are never ours', () => {
    expect(written.length).toBeGreaterThan(8);
    expect(written.filter((code) => !(ownCodes as readonly string[]).includes(code))).toEqual([]);
    for (const code of ownCodes) expect(providerCodeOf(code)).toBeUndefined();
  });

  it('are shown as they are', () => {
    for (const code of ['resource_missing', 'RESOURCE_NOT_FOUND', 'INSTRUMENT_DECLINED'])
      expect(providerCodeOf(code)).toBe(code);
    expect(providerCodeOf(undefined)).toBeUndefined();
  });
});
