import type { CreateRequest } from '../../plugins/payment/providers/provider.ts';
import { payPalProvider } from '../../plugins/payment/providers/paypal/provider.ts';
import { createPaypalSandbox } from '../../plugins/payment/sandbox/paypal/sandbox.ts';
import { paymentProviderSuite } from './payment-provider.ts';

const NOBODY = 'http://127.0.0.1:9';

paymentProviderSuite('PayPal', async () => {
  const credentials = { clientId: 'client', clientSecret: 'secret', webhookId: 'WH-CONTRACT' };
  const sandbox = createPaypalSandbox(credentials);
  const apiBase = await sandbox.listen(0);
  const config = { ...credentials, mode: 'sandbox' as const, webhookPostBack: false, apiBase };
  const provider = payPalProvider(config);
  const payAs = (outcome: string) => async (request: CreateRequest, key: string) => {
    const { ref } = await provider.create(request, { budgetMs: 20_000, idempotencyKey: `${key}-create` });
    const approved = await fetch(`${apiBase}/__sandbox/orders/${ref}/approve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ outcome }),
    });
    if (!approved.ok) throw new Error(await approved.text());
    const { captureMethod } = request;
    const completed = await provider.complete?.(
      { ref, captureMethod },
      { budgetMs: 20_000, idempotencyKey: key },
    );
    if (completed === undefined) throw new Error('nothing completed');
    return completed;
  };
  return {
    provider,
    unauthorized: payPalProvider({ ...config, clientSecret: 'wrong' }),
    unreachable: payPalProvider({ ...config, apiBase: NOBODY }),
    currency: 'usd',
    unsupportedCurrency: 'kwd',
    pay: payAs('succeeds'),
    payDeclined: payAs('declined'),
    createWrong: (request, idempotencyKey) =>
      provider.create({ ...request, returnUrl: 'not a url' }, { budgetMs: 20_000, idempotencyKey }),
    stop: () => sandbox.close(),
  };
});
