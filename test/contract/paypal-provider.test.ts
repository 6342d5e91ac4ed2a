import { SubscriptionsController } from '@paypal/paypal-server-sdk';
import { payPalProvider } from '../../plugins/payment/providers/paypal/provider.ts';
import type { CreateRequest } from '../../plugins/payment/providers/provider.ts';
import { createPaypalSandbox } from '../../plugins/payment/sandbox/paypal/sandbox.ts';
import { makePlan } from '../unit/plugins/payment/sandbox/paypal/plans.ts';
import { caller, clientAt, CREDENTIALS, WEBHOOK_ID } from '../unit/plugins/payment/sandbox/paypal/support.ts';
import { controlAt } from '../unit/plugins/payment/sandbox/support.ts';
import { judgeFor } from './judge.ts';
import { paymentProviderSuite } from './payment-provider.ts';
import { call } from './under-test.ts';

const NOBODY = 'http://127.0.0.1:9';
/** Paths that the oracle's description of the API lacks. */
const UNDESCRIBED = /^\/v1\/(?:payments|reporting|notifications\/webhooks-events)/;

paymentProviderSuite('PayPal', async (webhookUrl) => {
  const credentials = { ...CREDENTIALS, webhookId: WEBHOOK_ID };
  const sandbox = createPaypalSandbox({ ...credentials, webhookUrl, webhookBackoffMs: 10 });
  const origin = await sandbox.listen(0);
  const judge = await judgeFor('paypal', origin, UNDESCRIBED);
  const config = { ...credentials, mode: 'sandbox' as const, webhookPostBack: false };
  const provider = payPalProvider({ ...config, apiBase: judge.origin });
  const control = controlAt(origin);
  const obeyed = async (path: string, body: object = {}) => {
    const answer = await control('POST', path, body);
    if (answer.status !== 200) throw new Error(answer.body.error?.message);
    return answer.body;
  };
  const payAs = (outcome: string) => async (request: CreateRequest, key: string) => {
    const { ref } = await provider.create(request, call(`${key}-create`));
    await obeyed(`orders/${ref}/approve`, { outcome });
    const { captureMethod } = request;
    const completed = await provider.complete?.({ ref, captureMethod }, call(key));
    if (completed === undefined) throw new Error('nothing completed');
    return completed;
  };
  const given = {
    provider,
    direct: payPalProvider({ ...config, apiBase: origin }),
    singleCapture: undefined,
    unauthorized: payPalProvider({ ...config, apiBase: origin, clientSecret: 'wrong' }),
    unreachable: payPalProvider({ ...config, apiBase: NOBODY }),
    currency: 'eur',
    unsupportedCurrency: 'kwd',
    amounts: [
      ['jpy', 500, 123],
      ['huf', 123_400, 12_300],
      ['twd', 12_300, 600],
    ] as const,
    impossible: [
      ['huf', 12_345],
      ['twd', 12_345],
    ] as const,
    wrong: { returnUrl: 'not a url' },
    createPath: '/v2/checkout/orders',
    slowDown: { name: 'RATE_LIMIT_REACHED', message: 'Too many requests.' },
    control,
    pay: payAs('succeeds'),
    payDeclined: payAs('declined'),
    payRefundedInVain: payAs('succeeds'),
    openDispute: async ({ ref }: { readonly ref: string }, inquiry = false) => {
      const opened = await obeyed('disputes', { ref, stage: inquiry ? 'INQUIRY' : 'CHARGEBACK' });
      return String(opened['dispute_id']);
    },
    closeDispute: async (ref: string, outcome: string) => {
      await obeyed(`disputes/${ref}/close`, { outcome });
    },
    methodToken: undefined,
    approveMethod: async ({ ref }: { readonly ref: string }) => {
      await obeyed(`setup-tokens/${ref}/approve`);
    },
    makePlan: async () => {
      const plan = await makePlan(await caller(origin), new SubscriptionsController(clientAt(origin)));
      return plan.id ?? '';
    },
    subscribe: async ({ ref }: { readonly ref: string }) => {
      await obeyed(`subscriptions/${ref}/approve`);
    },
    runDry: async ({ ref }: { readonly ref: string }) => {
      await obeyed(`subscriptions/${ref}/payments`, { fail: 1 });
    },
    stop: async () => {
      await judge.close();
      await sandbox.close();
    },
  };
  return { given, judge };
});
