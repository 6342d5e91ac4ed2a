import * as z from 'zod/mini';
import { runSandbox } from '../shared/process.ts';
import { createPaypalSandbox } from './sandbox.ts';

const text = (fallback: string) => z._default(z.string().check(z.minLength(1)), fallback);

await runSandbox(process.env, {
  name: 'paypal',
  defaultPort: 12112,
  config: z.object({
    'paypal.clientId': text('client_sandbox'),
    'paypal.clientSecret': text('secret_sandbox'),
    'paypal.webhookId': text('WEBHOOKSANDBOX'),
  }),
  create: (config, options) =>
    createPaypalSandbox({
      ...options,
      clientId: config['paypal.clientId'],
      clientSecret: config['paypal.clientSecret'],
      webhookId: config['paypal.webhookId'],
    }),
});
