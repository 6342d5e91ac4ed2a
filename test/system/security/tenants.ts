import { expect, it } from 'vitest';
import { eventually, type Json, request } from '#testing/client.ts';
import { forEach, jsonOf, type RawRequest } from '../../support/raw-http.ts';
import { exampleRequest, wholeOf } from './operations.ts';
import { type SecuredSystem, TENANT } from './secured-system.ts';

type Headers = NonNullable<RawRequest['headers']>;

const OTHER = 'other';

/** What a tenant sees of another one beside the objects that a path names. @param system the started one */
export function tenantTests(system: () => SecuredSystem): void {
  const post = async (path: string, body: object, headers: Headers): Promise<readonly [number, Json]> => {
    const answer = await system().send({ method: 'POST', path, headers, body: JSON.stringify(body) });
    return [answer.status, jsonOf(answer)];
  };

  it('finds nothing that a body or a filter names, nor through a call of another plugin', async () => {
    const { objects, headersOf, send } = system();
    const { customer, paymentMethod, payment, plan } = objects;
    const headers = await headersOf({ tenant: OTHER });
    const [, own] = await post('/customers', {}, headers);
    const usd = { amount: 1, currency: 'usd' };
    const saved = { ...usd, paymentMethodId: paymentMethod, confirm: true };
    const refused = await forEach(
      [
        ['/payments', { ...usd, customerId: customer }],
        ['/payments', { ...saved, customerId: customer }],
        ['/payments', { ...saved, customerId: own.id }],
        ['/subscriptions', { customerId: customer, planId: plan }],
        ['/subscriptions', { customerId: own.id, planId: plan, paymentMethodId: paymentMethod }],
        [`/customers/${own.id}/payment-methods`, { paymentMethodId: paymentMethod }],
        ['/loyalty/redemptions', { points: 1, paymentId: payment }],
      ] as const,
      async ([path, body]) => {
        const [status, answer] = await post(path, body, headers);
        return /^(404 [a-z-]+-not-found)$/.test(`${status} ${answer?.code}`)
          ? ''
          : `${path}: ${JSON.stringify(answer)}`;
      },
    );
    expect(refused.filter(Boolean)).toEqual([]);
    const listed = await send({ method: 'GET', path: `/payments?customerId=${customer}`, headers });
    expect(jsonOf(listed)).toEqual({ payments: [], cursor: null });
  });

  it('is in no list of any plugin, over HTTP or GraphQL', async () => {
    const { operations, fields, objects, send, headersOf, ownHeaders, graphql, schema } = system();
    const lists = operations.filter(
      ({ method, path, tag }) => method === 'GET' && !path.includes('{') && tag !== 'platform',
    );
    const listFields = fields.filter(
      ({ root, path }) => root === 'query' && lists.some((one) => one.path === path),
    );
    expect(listFields.length).toBe(lists.length);
    const textOf = async (headers: Headers): Promise<string> => {
      const answers = await forEach(lists, (operation) => send({ ...exampleRequest(operation), headers }));
      expect(answers.map(({ status }) => status)).toEqual(lists.map(() => 200));
      return answers.map(({ text }) => text).join('\n');
    };
    const { payment, customer, subscription } = objects;
    const ids = [payment, customer, subscription, TENANT];
    // The tenant itself sees its payment, its receipt and its points.
    const own = await eventually(
      () => textOf(ownHeaders),
      (text) => text.split(payment).length > 2 && !/"points":0[,}]/.test(text),
      20_000,
    );
    expect(own).toContain(payment);
    const headers = await headersOf({ tenant: OTHER });
    const foreign = await textOf(headers);
    expect(ids.filter((id) => foreign.includes(id))).toEqual([]);
    expect(foreign).toMatch(/"points":0[,}]/);
    for (const { root, name } of listFields) {
      const document = `${root} { ${name} ${wholeOf(schema, name)} }`;
      const { body } = await graphql(document, headers);
      expect([name, body.errors]).toEqual([name, undefined]);
      expect(ids.filter((id) => JSON.stringify(body.data).includes(id))).toEqual([]);
    }
  });

  it('may use the same idempotency key and order reference', async () => {
    const { headersOf } = system();
    const body = { amount: 3, currency: 'eur', orderReference: 'order-same' };
    const answers: (readonly [number, Json])[] = [];
    for (const tenant of [TENANT, OTHER, TENANT, OTHER]) {
      const headers = [...(await headersOf({ tenant })), ['idempotency-key', 'same-key'] as const];
      answers.push(await post('/payments', body, headers));
    }
    expect(answers.map(([status]) => status)).toEqual([201, 201, 201, 201]);
    const [a, b, againA, againB] = answers.map(([, { id }]) => id as string);
    expect([againA, againB]).toEqual([a, b]);
    expect(a).not.toBe(b);
    // A key belongs to the one who chose it, not to the whole tenant.
    const colleague = [...(await headersOf({ sub: 'colleague' })), ['idempotency-key', 'same-key'] as const];
    expect(await post('/payments', body, colleague)).toMatchObject([409, { code: 'order-reference-in-use' }]);
  });

  it('is in no event of this one', async () => {
    const { platform, objects } = system();
    const { payment, customer, subscription } = objects;
    const { events } = (await request(platform.url, 'GET', '/dev/events')).body as { events: Json[] };
    const ours = events.filter(({ detail }) =>
      [payment, customer, subscription].includes(detail.aggregate?.id),
    );
    expect(new Set(ours.map(({ detail }) => detail.aggregate.id)).size).toBe(3);
    expect([...new Set(ours.map(({ detail }) => detail.tenant))]).toEqual([TENANT]);
    // What a provider delivers belongs to the deployment.
    const deliveries = events.filter(({ detail }) => detail.aggregate?.type === 'webhook');
    expect([...new Set(deliveries.map(({ detail }) => detail.tenant))]).toEqual(['default']);
  });
}
