import { Stripe } from 'stripe';
import type { CreateRequest } from '../../plugins/payment/providers/provider.ts';
import { stripeProvider } from '../../plugins/payment/providers/stripe/provider.ts';
import { createStripeSandbox } from '../../plugins/payment/sandbox/stripe/sandbox.ts';
import { SECRET_KEY, stripeAt, WEBHOOK_SECRET } from '../unit/plugins/payment/sandbox/stripe/support.ts';
import { controlAt } from '../unit/plugins/payment/sandbox/support.ts';
import { judgeFor } from './judge.ts';
import { paymentProviderSuite } from './payment-provider.ts';
import { call, PLAN_MINOR } from './under-test.ts';

const NOBODY = 'http://127.0.0.1:9';

/** The payer confirms the first invoice, which saves the method. */
async function confirmFirst(stripe: Stripe, subscription: string): Promise<void> {
  const { latest_invoice: invoice } = await stripe.subscriptions.retrieve(subscription);
  const id = typeof invoice === 'string' ? invoice : (invoice?.id ?? '');
  const { data } = await stripe.invoicePayments.list({ invoice: id });
  const intent = data[0]?.payment.payment_intent;
  if (typeof intent !== 'string') throw new Error('There is nothing to confirm');
  await stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' });
}

/** The saved card is followed by one that is declined when it is charged. */
async function breakCard(stripe: Stripe, id: string): Promise<void> {
  const { customer } = await stripe.subscriptions.retrieve(id);
  if (typeof customer !== 'string') throw new Error('The subscription has no customer');
  const card = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.subscriptions.update(id, { default_payment_method: card.id });
}

async function makePlan(stripe: Stripe): Promise<string> {
  const { id: product } = await stripe.products.create({ name: 'Socks' });
  const terms = { currency: 'eur', unit_amount: PLAN_MINOR, recurring: { interval: 'month' } } as const;
  return (await stripe.prices.create({ ...terms, product })).id;
}

paymentProviderSuite('Stripe', async (webhookUrl) => {
  const sandbox = createStripeSandbox({
    secretKey: SECRET_KEY,
    webhookSecrets: [WEBHOOK_SECRET],
    webhookUrl,
    webhookBackoffMs: 10,
  });
  const origin = await sandbox.listen(0);
  const judge = await judgeFor('stripe', origin);
  const config = {
    secretKey: SECRET_KEY,
    publishableKey: 'pk_test_x',
    webhookSecret: WEBHOOK_SECRET,
    multicapture: true,
  };
  const provider = stripeProvider({ ...config, apiBase: judge.origin });
  const stripe = stripeAt(origin);
  const control = controlAt(origin);
  const payWith = (paymentMethodId: string) => (request: CreateRequest, key: string) =>
    provider.create({ ...request, confirm: true, paymentMethodId }, call(key));
  const given = {
    provider,
    direct: stripeProvider({ ...config, apiBase: origin }),
    singleCapture: stripeProvider({ ...config, multicapture: false, apiBase: origin }),
    unauthorized: stripeProvider({ ...config, secretKey: 'sk_test_wrong', apiBase: origin }),
    unreachable: stripeProvider({ ...config, apiBase: NOBODY }),
    currency: 'eur',
    unsupportedCurrency: 'iqd',
    amounts: [
      ['ugx', 5000, 1500],
      ['isk', 500, 100],
      ['jpy', 500, 123],
      ['kwd', 5120, 1010],
      ['huf', 123_456, 12_345],
      ['twd', 12_345, 678],
      ['mga', 500_000, 100_000],
    ] as const,
    impossible: [['mga', 1050]] as const,
    wrong: { confirm: true, paymentMethodId: 'nothing' },
    createPath: '/v1/payment_intents',
    slowDown: { error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Slow down.' } },
    control,
    pay: payWith('pm_card_visa'),
    payDeclined: payWith('pm_card_visa_chargeDeclined'),
    payRefundedInVain: payWith('pm_card_refundFail'),
    openDispute: async ({ ref }: { readonly ref: string }, inquiry = false) => {
      const { body, status } = await control('POST', 'disputes', { ref, inquiry });
      if (status !== 200) throw new Error(body.error?.message);
      return String(body['id']);
    },
    closeDispute: async (ref: string, outcome: string) => {
      const { body, status } = await control('POST', `disputes/${ref}/close`, { outcome });
      if (status !== 200) throw new Error(body.error?.message);
    },
    methodToken: 'pm_card_visa',
    approveMethod: async () => {},
    makePlan: () => makePlan(stripe),
    subscribe: ({ ref }: { readonly ref: string }) => confirmFirst(stripe, ref),
    runDry: async ({ ref }: { readonly ref: string }) => breakCard(stripe, ref),
    stop: async () => {
      await judge.close();
      await sandbox.close();
    },
  };
  return { given, judge };
});
