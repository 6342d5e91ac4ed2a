import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { payPalProvider } from '../../../../../plugins/payment/providers/paypal/provider.ts';
import type { Capabilities } from '../../../../../plugins/payment/providers/provider.ts';
import { stripeProvider } from '../../../../../plugins/payment/providers/stripe/provider.ts';

const readme = readFileSync(new URL('../../../../../plugins/payment/README.md', import.meta.url), 'utf8');

const stripe = (multicapture: boolean): Capabilities =>
  stripeProvider({
    secretKey: 'sk_test_x',
    publishableKey: 'pk_test_x',
    webhookSecret: 'whsec_x',
    multicapture,
  }).capabilities;
const paypal: Capabilities = payPalProvider({
  clientId: 'x',
  clientSecret: 'x',
  webhookId: 'WH',
  mode: 'sandbox',
  webhookPostBack: false,
}).capabilities;

type Name = keyof Capabilities;
const names = Object.keys(paypal) as Name[];

/** The cells of a capability's row in the table. */
function rowOf(name: Name): readonly string[] {
  const line = readme.split('\n').find((text) => text.startsWith(`| \`${name}\` `)) ?? '';
  return line.split('|').map((cell) => cell.trim());
}

const word = (can: boolean): string => (can ? 'yes' : 'no');

describe('the capabilities in the README', () => {
  it('are those of the adapters, which name the same ones', () => {
    expect(Object.keys(stripe(false)).toSorted()).toEqual(names.toSorted());
    const rows = readme.split('\n').filter((line) => /^\| `(\w+)` .*\| (yes|no) +\|/.test(line));
    const named = rows.map((line) => /`(\w+)`/.exec(line)?.[1]);
    expect(new Set(named.filter((name) => names.includes(name as Name)))).toEqual(new Set(names));
  });

  it.each(names)('says who has %s', (name) => {
    const [, , inStripe, inPayPal] = rowOf(name);
    const [plain, configured] = [stripe(false)[name], stripe(true)[name]];
    expect(inStripe).toBe(plain === configured ? word(plain) : 'with `stripe.multicapture`');
    expect(inPayPal).toBe(word(paypal[name]));
  });
});
