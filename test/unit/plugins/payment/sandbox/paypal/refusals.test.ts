import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caller, CREDENTIALS, orderBody, startSandbox, tokenAt } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let call: Awaited<ReturnType<typeof caller>>;
beforeAll(async () => {
  sandbox = await startSandbox();
  call = await caller(sandbox.origin);
});
afterAll(() => sandbox.close());

const ORDERS = '/v2/checkout/orders';
const amount = (value: unknown, currency: unknown = 'EUR') => ({
  intent: 'CAPTURE',
  purchase_units: [{ amount: { currency_code: currency, value } }],
});
const unit = (fields: object) => ({
  intent: 'CAPTURE',
  purchase_units: [{ amount: { currency_code: 'EUR', value: '1.00' }, ...fields }],
});
const context = (fields: object) => ({ ...orderBody(), application_context: fields });

describe('a body that is not well-formed', () => {
  it.each([
    [{}, 'MISSING_REQUIRED_PARAMETER', '/intent'],
    [{ intent: 'CAPTURE' }, 'MISSING_REQUIRED_PARAMETER', '/purchase_units'],
    [{ ...orderBody(), intent: 'SALE' }, 'INVALID_PARAMETER_VALUE', '/intent'],
    [{ ...orderBody(), purchase_units: {} }, 'INVALID_PARAMETER_SYNTAX', '/purchase_units'],
    [{ ...orderBody(), purchase_units: [] }, 'INVALID_ARRAY_MIN_ITEMS', '/purchase_units'],
    [
      { ...orderBody(), purchase_units: [orderBody(), orderBody()].flatMap((body) => body.purchase_units) },
      'INVALID_ARRAY_MAX_ITEMS',
      '/purchase_units',
    ],
    [{ ...orderBody(), purchase_units: [{}] }, 'MISSING_REQUIRED_PARAMETER', '/purchase_units/0/amount'],
    [amount(10), 'INVALID_PARAMETER_SYNTAX', '/purchase_units/0/amount/value'],
    [amount('1,00'), 'INVALID_PARAMETER_SYNTAX', '/purchase_units/0/amount/value'],
    [amount('1e3'), 'INVALID_PARAMETER_SYNTAX', '/purchase_units/0/amount/value'],
    [amount('1.00', 'EURO'), 'INVALID_STRING_LENGTH', '/purchase_units/0/amount/currency_code'],
    [unit({ custom_id: '' }), 'INVALID_STRING_LENGTH', '/purchase_units/0/custom_id'],
    [unit({ custom_id: 'x'.repeat(128) }), 'INVALID_STRING_LENGTH', '/purchase_units/0/custom_id'],
    [unit({ invoice_id: 7 }), 'INVALID_PARAMETER_SYNTAX', '/purchase_units/0/invoice_id'],
    [unit({ soft_descriptor: 'x'.repeat(23) }), 'INVALID_STRING_LENGTH', '/purchase_units/0/soft_descriptor'],
    [context({ return_url: 'shop' }), 'INVALID_PARAMETER_SYNTAX', '/application_context/return_url'],
    [context({ user_action: 'PAY' }), 'INVALID_PARAMETER_VALUE', '/application_context/user_action'],
    ['{"intent":', 'MALFORMED_REQUEST_JSON', '/'],
    [[], 'INVALID_PARAMETER_SYNTAX', '/'],
    ['null', 'INVALID_PARAMETER_SYNTAX', '/'],
  ])('%j is %s at %s', async (body, issue, field) => {
    const answer = await call('POST', ORDERS, body);
    expect(answer).toMatchObject({ status: 400, body: { name: 'INVALID_REQUEST' } });
    expect(answer.body.details).toContainEqual(expect.objectContaining({ issue, field }));
  });
});

describe('an amount that cannot be', () => {
  it.each([
    ['0.00', 'EUR', 'CANNOT_BE_ZERO_OR_NEGATIVE'],
    ['-1.00', 'EUR', 'CANNOT_BE_ZERO_OR_NEGATIVE'],
    ['1.005', 'EUR', 'DECIMAL_PRECISION'],
    ['100.00', 'JPY', 'DECIMALS_NOT_SUPPORTED'],
    ['100.5', 'HUF', 'DECIMALS_NOT_SUPPORTED'],
    ['10000000.00', 'EUR', 'MAX_VALUE_EXCEEDED'],
    ['1.00', 'KWD', 'CURRENCY_NOT_SUPPORTED'],
    ['1.00', 'eur', 'INVALID_CURRENCY_CODE'],
  ])('%s %s is %s', async (value, currency, issue) => {
    const answer = await call('POST', ORDERS, amount(value, currency));
    expect(answer).toMatchObject({
      status: 422,
      body: { name: 'UNPROCESSABLE_ENTITY', details: [{ issue }] },
    });
    expect(answer.body.details?.[0]?.field).toMatch(/^\/purchase_units\/0\/amount\//);
  });
});

describe('an answer that refuses', () => {
  it('has a name, a message, an id for PayPal’s support, and links', async () => {
    const { body, headers } = await call('POST', ORDERS, {});
    expect(Object.keys(body)).toEqual(['name', 'message', 'debug_id', 'details', 'links']);
    expect(headers.get('paypal-debug-id')).toBe((body as unknown as { debug_id: string }).debug_id);
  });

  it.each([
    ['GET', `${ORDERS}/NOSUCHORDER000000`, 404, 'RESOURCE_NOT_FOUND'],
    ['POST', `${ORDERS}/NOSUCHORDER000000/capture`, 404, 'RESOURCE_NOT_FOUND'],
    ['GET', '/v2/payments/captures/NOSUCH', 404, 'RESOURCE_NOT_FOUND'],
    ['GET', '/v2/payments/authorizations/NOSUCH', 404, 'RESOURCE_NOT_FOUND'],
    ['POST', '/v2/payments/authorizations/NOSUCH/void', 404, 'RESOURCE_NOT_FOUND'],
    ['POST', '/v2/payments/authorizations/NOSUCH/capture', 404, 'RESOURCE_NOT_FOUND'],
    ['GET', '/v2/nothing', 404, 'RESOURCE_NOT_FOUND'],
    ['GET', ORDERS, 405, 'METHOD_NOT_SUPPORTED'],
    ['PATCH', `${ORDERS}/NOSUCHORDER000000`, 405, 'METHOD_NOT_SUPPORTED'],
  ])('%s %s is a %d %s', async (method, path, status, name) => {
    expect(await call(method, path)).toMatchObject({ status, body: { name } });
  });

  it('takes JSON only', async () => {
    const form = await call('POST', ORDERS, 'intent=CAPTURE', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(form).toMatchObject({ status: 415, body: { name: 'UNSUPPORTED_MEDIA_TYPE' } });
  });

  it('wants a request id with a payment source, and not a long one', async () => {
    const body = { ...orderBody(), payment_source: { paypal: {} } };
    const issues = async (headers: Record<string, string>) =>
      (await call('POST', ORDERS, body, headers)).body.details?.map(({ issue }) => issue);
    expect(await issues({})).toEqual(['PAYPAL_REQUEST_ID_REQUIRED']);
    expect(await issues({ 'paypal-request-id': 'x'.repeat(109) })).toEqual(['INVALID_STRING_LENGTH']);
    expect(await issues({ 'paypal-request-id': 'x'.repeat(108) })).toBeUndefined();
  });
});

describe('negative testing', () => {
  const mock = (codes: unknown) =>
    call('POST', ORDERS, orderBody(), {
      'paypal-mock-response':
        typeof codes === 'string' && codes.startsWith('{')
          ? codes
          : JSON.stringify({ mock_application_codes: codes }),
    });

  it.each([
    ['INSTRUMENT_DECLINED', 422, 'UNPROCESSABLE_ENTITY'],
    [['DUPLICATE_INVOICE_ID'], 422, 'UNPROCESSABLE_ENTITY'],
    ['INTERNAL_SERVER_ERROR', 500, 'INTERNAL_SERVER_ERROR'],
    ['PERMISSION_DENIED', 403, 'NOT_AUTHORIZED'],
  ])('%j is a %d', async (codes, status, name) => {
    expect(await mock(codes)).toMatchObject({
      status,
      body: { name, details: [{ issue: [codes].flat()[0] }] },
    });
  });

  it('does nothing for a header that says nothing', async () => {
    expect((await mock('{"mock')).status).toBe(201);
    expect((await mock(7)).status).toBe(201);
  });
});

describe('the client', () => {
  const token = (authorization: string | undefined, body: string) =>
    fetch(`${sandbox.origin}/v1/oauth2/token`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body,
    });
  const { clientId, clientSecret } = CREDENTIALS;
  const basic = (text: string) => `Basic ${btoa(text)}`;
  const grant = 'grant_type=client_credentials';

  it('gets a token with its secret', async () => {
    const response = await token(basic(`${clientId}:${clientSecret}`), grant);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ token_type: 'Bearer', expires_in: 32_400 });
  });

  it.each([
    [basic(`${clientId}:wrong`), grant, 401, 'invalid_client'],
    [basic(`wrong:${clientSecret}`), grant, 401, 'invalid_client'],
    [undefined, grant, 401, 'invalid_client'],
    [`Bearer ${clientSecret}`, grant, 401, 'invalid_client'],
    [basic(`${clientId}:${clientSecret}`), 'grant_type=password', 400, 'unsupported_grant_type'],
    [basic(`${clientId}:${clientSecret}`), '', 400, 'invalid_request'],
  ])('%s with %j is a %d %s', async (authorization, body, status, error) => {
    const response = await token(authorization, body);
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ error })]);
  });

  it('needs a token of this sandbox, of this client, that has not expired', async () => {
    let nowMs = Date.now();
    const other = await startSandbox({ now: () => nowMs });
    const good = await tokenAt(other.origin);
    const path = `${ORDERS}/NOSUCHORDER000000`;
    const status = async (authorization: string) =>
      (await fetch(`${other.origin}${path}`, { headers: { authorization } })).status;
    const foreign = await startSandbox({ clientSecret: 'another' });
    expect(
      (await fetch(`${foreign.origin}${path}`, { headers: { authorization: `Bearer ${good}` } })).status,
    ).toBe(401);
    expect(await status(`Bearer ${good}`)).toBe(404);
    expect(await status(`Bearer ${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`)).toBe(401);
    expect(await status('Bearer A21AA')).toBe(401);
    expect(await status('')).toBe(401);
    nowMs += 32_400_000;
    expect(await status(`Bearer ${good}`)).toBe(401);
    await other.close();
    await foreign.close();
  });
});
