import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { buildPaymentCopy, editFile } from './payment-copy.ts';

/** Builds the payment API with a third provider: a copy of an adapter, as lazy as the two that are there. */
export const buildWithFurtherProvider = (outDir: string): Promise<void> =>
  buildPaymentCopy({
    name: 'payment with a further provider',
    entries: ['functions/api.ts'],
    outDir,
    edit(project) {
      const providers = join(project, 'plugins/payment/providers');
      cpSync(join(providers, 'paypal'), join(providers, 'further'), { recursive: true });
      editFile(join(providers, 'provider-call.ts'), "'paypal']", "'paypal', 'further']");
      editFile(
        join(providers, 'index.ts'),
        '  paypal: async',
        `  further: async (config) =>
    (await import('./further/provider.ts')).payPalProvider(configured(config, 'further')),
  paypal: async`,
      );
    },
  });
