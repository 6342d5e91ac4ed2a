import * as fc from 'fast-check';
import type { JWTPayload } from 'jose';
import { expect, it } from 'vitest';
import { fuzzed, fuzzFactor } from '../../support/fuzz.ts';
import { hostileText, mutated, textOf } from '../../support/hostile.ts';
import { forEach, jsonOf, type RawAnswer, type RawRequest } from '../../support/raw-http.ts';
import { leakIn, memoryOf, secretsOf } from './answers.ts';
import { fuzzedDocument } from './fuzz-graphql.ts';
import { fuzzedRequest } from './fuzz-http.ts';
import { fuzzedDelivery, webhookSigners } from './fuzz-webhooks.ts';
import type { HttpOperation } from './operations.ts';
import type { SecuredSystem } from './secured-system.ts';

/** Faults that an answer may tell of: another try helps, and nothing of ours is broken. */
const TEMPORARY: ReadonlySet<string> = new Set(['contention', 'provider-unavailable', 'payment-missing']);

/** Resident memory that a process may have more at the end. */
const GROWTH_MAX_MB = 300;

/** What is wrong with an answer, whatever was asked. */
function faultOf(answer: RawAnswer, secrets: readonly string[]): string | undefined {
  const { status, text, headers } = answer;
  const body = jsonOf(answer);
  const isTemporary = status === 503 && TEMPORARY.has(body?.code);
  if (status >= 500 && !isTemporary) return 'a fault';
  const leak = leakIn(text, secrets);
  if (leak !== undefined) return leak;
  // Node.js refuses by itself what it cannot read, with a status alone.
  if (text !== '' && headers['x-content-type-options'] !== 'nosniff') return 'may be taken for a page';
  const codes = (body?.errors ?? []).map(
    (error: { extensions?: { code?: string } }) => error?.extensions?.code,
  );
  if (codes.some((code: unknown) => code === 'internal-error' || code === 'output-invalid'))
    return 'a fault of a field';
  return undefined;
}

const shownRequest = ({ method, path, headers = [], body }: RawRequest): string =>
  `${method} ${path.slice(0, 300)} ${JSON.stringify(headers).slice(0, 500)} ${String(body ?? '').slice(0, 600)}`;

/** Every public input, with what no client should send. @param system the started one */
export function fuzzTests(system: () => SecuredSystem): void {
  let tried = 0;
  const statuses = new Map<number, number>();

  /** Sends what an arbitrary makes. @returns what was wrong, with the request that shows it */
  async function fuzz(
    requests: fc.Arbitrary<RawRequest>,
    numRuns: number,
    atOnce = 8,
  ): Promise<readonly string[]> {
    const secrets = secretsOf(system());
    const { send, ownHeaders } = system();
    const inputs = fc.sample(requests, fuzzed(numRuns));
    tried += inputs.length;
    const faults = await forEach(
      inputs,
      async (input) => {
        const isWebhook = input.path.startsWith('/webhooks/');
        const hasToken = (input.headers ?? []).some(([name]) => name === 'authorization');
        const headers = [...(isWebhook || hasToken ? [] : ownHeaders), ...(input.headers ?? [])];
        const answer = await send({ ...input, headers }).catch((error: Error) => error);
        if (answer instanceof Error) return `${answer.message}: ${shownRequest(input)}`;
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const fault = faultOf(answer, secrets);
        return (
          fault && `${fault}: ${answer.status} ${answer.text.slice(0, 400)}\n  of ${shownRequest(input)}`
        );
      },
      atOnce,
    );
    return faults.filter((fault) => fault !== undefined);
  }
  const post = (path: string, body: fc.Arbitrary<unknown>): fc.Arbitrary<RawRequest> =>
    body.map((value) => ({ method: 'POST', path, body: textOf(value) }));
  const isChange = ({ tag, method }: HttpOperation) => tag === 'platform' && method !== 'GET';

  it('answers every operation over HTTP without a fault of its own', async () => {
    const { operations, objects } = system();
    const plain = operations.filter((one) => !isChange(one) && one.id !== 'graphql');
    const requests = fc
      .constantFrom(...plain)
      .chain((one) => fuzzedRequest(one, objects.valuesFor(one.path)));
    expect(await fuzz(requests, 450)).toEqual([]);
  });

  it('answers GraphQL', async () => {
    expect(await fuzz(post('/graphql', fuzzedDocument(system().schema)), 250)).toEqual([]);
  });

  it('takes no delivery for anything that it is not', async () => {
    expect(await fuzz(fuzzedDelivery(await webhookSigners(system().platform)), 150)).toEqual([]);
  });

  it('reads tokens of the right issuer, whatever they claim', async () => {
    const { operations, signer, scopes } = system();
    // The list of errors shows operators places of the code, which the others must not.
    const lists = operations.filter(
      ({ method, path }) => method === 'GET' && !path.includes('{') && path !== '/plugins/errors',
    );
    const claim = fc.oneof(hostileText, fc.jsonValue({ maxDepth: 2 }));
    const who = { sub: claim, tenant: claim };
    const when = { exp: claim, nbf: claim, iat: claim, aud: claim, client_id: claim };
    const granted = fc.oneof(claim, fc.constant(scopes.join(' ')), fc.constant(scopes));
    const claims = fc.oneof(
      // Valid tokens of callers with any name, and tokens of which anything may be wrong.
      { weight: 3, arbitrary: fc.record(who, { requiredKeys: [] }) },
      fc.record({ ...who, ...when, scope: granted, scp: granted }, { requiredKeys: [] }),
    );
    const made = fc.sample(fc.tuple(fc.constantFrom(...lists), claims), fuzzed(80));
    const requests = await forEach(made, async ([{ path }, given]) => ({
      method: 'GET',
      path,
      headers: [
        ['authorization', `Bearer ${await signer.sign(given as JWTPayload).catch(() => 'x')}`] as const,
      ],
    }));
    expect(await fuzz(fc.constantFrom(...requests), requests.length)).toEqual([]);
  });

  it('changes neither plugins nor configurations to what they cannot be', async () => {
    const { operations, send, ownHeaders } = system();
    const changes = operations.filter(isChange).filter(({ id }) => id !== 'graphql');
    const named = { name: 'payment' };
    const requests = fc.constantFrom(...changes).chain((one) => {
      // Nothing is unloaded that the other tests need.
      const isMove = one.path.split('/').length === 3;
      const operation = isMove ? { ...one, body: { ...one.body, name: 'no-such-plugin' } } : one;
      return fuzzedRequest(operation, named);
    });
    const config = '/plugins/payment/config';
    // Any change gives the configuration as it is now a version to return to.
    const settings = await send({
      method: 'PATCH',
      path: config,
      headers: [...ownHeaders, ['if-match', '*']],
      body: '{"limits":{"maxAmount":9999}}',
    });
    const before = jsonOf(settings);
    const faults = await fuzz(requests, 60, 1);
    const patches = mutated(before.values).map((value) => ({
      method: 'PATCH',
      path: config,
      headers: [['if-match', '*']] as const,
      body: textOf(value),
    }));
    expect([...faults, ...(await fuzz(patches, 25, 1))]).toEqual([]);
    // What was valid after all is taken back.
    const rollback = await send({
      method: 'POST',
      path: `${config}/rollback`,
      headers: [...ownHeaders, ['if-match', '*']],
      body: JSON.stringify({ version: before.label }),
    });
    expect(rollback.status, rollback.text).toBe(200);
  });

  it('still serves a payment, in no more memory', async () => {
    const { send, ownHeaders, platform } = system();
    const body = JSON.stringify({
      amount: 7,
      currency: 'usd',
      paymentMethodId: 'pm_card_visa',
      confirm: true,
    });
    const answer = await send({ method: 'POST', path: '/payments', headers: ownHeaders, body });
    expect([answer.status, jsonOf(answer).status]).toEqual([201, 'succeeded']);
    const memory = memoryOf(system());
    expect([...memory.values()].filter((mb) => mb > GROWTH_MAX_MB + 200)).toEqual([]);
    const ended = (await platform.invocations.list()).filter(
      ({ status }) => !['ok', 'running'].includes(status),
    );
    expect(ended).toEqual([]);
    const seen = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    console.log(`fuzz: ${tried} inputs (${fuzzFactor} times), answers ${seen.join(', ')}`);
  });
}
