import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './bench.ts';

const folder = join(root, 'plugins/payment');
const STATIC = /^(?:import|export)\s(?!type\s)(?:[^;'"]*?\sfrom\s)?['"](?<name>[^'"]+)['"]/gm;

/** Everything that is loaded with a file before its first line runs: our files by path, packages by name. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  const shown = relative(folder, file);
  if (seen.has(shown)) return seen;
  seen.add(shown);
  for (const { groups } of readFileSync(file, 'utf8').matchAll(STATIC)) {
    const name = groups?.['name'] ?? '';
    if (name.startsWith('.') && name.endsWith('.ts')) loadedWith(join(dirname(file), name), seen);
    else if (!name.startsWith('.')) seen.add(name);
  }
  return seen;
}

const SDKS: readonly string[] = ['stripe', '@paypal/paypal-server-sdk'];
const sdksOf = (entry: string) => SDKS.filter((sdk) => loadedWith(join(folder, 'functions', entry)).has(sdk));

describe('a function loads at its start', () => {
  it('no SDK, when it serves every provider', () => {
    expect(sdksOf('api.ts')).toEqual([]);
  });

  it('the SDK of its provider and nothing of the other, when it serves one', () => {
    expect(sdksOf('webhook-stripe.ts')).toEqual(['stripe']);
    expect(sdksOf('webhook-paypal.ts')).toEqual(['@paypal/paypal-server-sdk']);
    const withStripe = [...loadedWith(join(folder, 'functions/webhook-stripe.ts'))];
    expect(withStripe.filter((name) => name.includes('paypal'))).toEqual([]);
    const withPayPal = [...loadedWith(join(folder, 'functions/webhook-paypal.ts'))];
    expect(withPayPal.filter((name) => name.includes('providers/stripe'))).toEqual([]);
  });
});
