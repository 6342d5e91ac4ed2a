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
    apiBase,
  };
  return {
    provider: stripeProvider(config),
    unauthorized: stripeProvider({ ...config, secretKey: 'sk_test_wrong' }),
    unreachable: stripeProvider({ ...config, apiBase: NOBODY }),
    currency: 'usd',
    unsupportedCurrency: 'iqd',
    goodMethod: 'pm_card_visa',
    declinedMethod: 'pm_card_visa_chargeDeclined',
    stop: () => sandbox.close(),
  };
});
