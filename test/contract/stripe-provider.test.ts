import type { CreateRequest } from '../../plugins/payment/providers/provider.ts';
import { stripeProvider } from '../../plugins/payment/providers/stripe/provider.ts';
import { createStripeSandbox } from '../../plugins/payment/sandbox/stripe/sandbox.ts';
import { paymentProviderSuite } from './payment-provider.ts';

const NOBODY = 'http://127.0.0.1:9';

paymentProviderSuite('Stripe', async () => {
  const sandbox = createStripeSandbox({ secretKey: 'sk_test_contract', webhookSecrets: ['whsec_contract'] });
  const apiBase = await sandbox.listen(0);
  const config = {
    secretKey: 'sk_test_contract',
    publishableKey: 'pk_test_x',
    webhookSecret: 'whsec_contract',
    multicapture: true,
    apiBase,
  };
  const provider = stripeProvider(config);
  const payWith = (paymentMethodId: string) => (request: CreateRequest, idempotencyKey: string) =>
    provider.create({ ...request, confirm: true, paymentMethodId }, { budgetMs: 20_000, idempotencyKey });
  return {
    provider,
    unauthorized: stripeProvider({ ...config, secretKey: 'sk_test_wrong' }),
    unreachable: stripeProvider({ ...config, apiBase: NOBODY }),
    currency: 'usd',
    unsupportedCurrency: 'iqd',
    pay: payWith('pm_card_visa'),
    payDeclined: payWith('pm_card_visa_chargeDeclined'),
    createWrong: payWith('nothing'),
    stop: () => sandbox.close(),
  };
});
