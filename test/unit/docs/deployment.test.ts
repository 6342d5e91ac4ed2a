import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deploymentOf } from '#infra/deployment/context.ts';
import { raisedQuotasOf } from '#infra/quotas/quota-checks.ts';
import { type Quota, quotas } from '#infra/quotas/quotas.ts';
import { tableOf } from './markdown.ts';

/** What an operator reads. */
const root = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const page = read('plugins/DEPLOYMENT.md');

/** Keys of the context that a deployment asks for. */
function keysAskedFor(context: Readonly<Record<string, string>>): readonly string[] {
  const asked = new Set<string>();
  const ask = (key: string) => {
    asked.add(key);
    return context[key];
  };
  deploymentOf(ask);
  raisedQuotasOf(ask);
  return [...asked];
}

const production = { stage: 'prod', 'auth.issuer': 'https://issuer.example/', 'auth.audience': 'api' };

it('has every key of the context, and no other', () => {
  const asked = [{}, production, { ...production, console: 'on', 'console.clientId': 'x' }].flatMap(
    keysAskedFor,
  );
  // A key that is only asked for in a case that is not above.
  const inCode = globSync('infra/deployment/*.ts', { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(/\bcontext\('([\w.]+)'\)|\bread\(context, '([\w.]+)'/g)].map(
      (match) => match[1] ?? match[2],
    ),
  );
  const rows = tableOf(page, ['key', 'value', 'when left out', 'what it does']);
  const told = rows.flatMap(([keys = '']) => keys.replaceAll('`', '').split(', '));
  expect(told.toSorted()).toEqual([...new Set([...asked, ...inCode])].map(String).toSorted());
});

it('has every quota with its limit', () => {
  const rows = Object.entries<Quota>(quotas).map(([name, { code, title, limit, raisable }]) => [
    code,
    title,
    String(limit),
    raisable ? `\`quotas.${name}\`` : 'fixed',
  ]);
  expect(tableOf(page, ['code', 'what is counted', 'limit', 'context'])).toEqual(rows);
});

describe('what it costs', () => {
  it('are the figures of the bench', () => {
    const header = ['what', 'per payment', '$ per million'];
    const measured = tableOf(read('test/bench/RESULTS.md'), header);
    expect(measured.length).toBeGreaterThan(5);
    expect(tableOf(page, header)).toEqual(measured);
  });

  it('are of the month that the bench names', () => {
    const [, month] = /list prices of (\w+ \d{4})/.exec(read('test/bench/RESULTS.md')) ?? [];
    expect(page).toContain(`list prices of ${month}`);
  });
});
