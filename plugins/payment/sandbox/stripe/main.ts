import * as z from 'zod/mini';
import { runSandbox } from '../shared/process.ts';
import { createStripeSandbox } from './sandbox.ts';

await runSandbox(process.env, {
  name: 'stripe',
  defaultPort: 12111,
  config: z.object({
    'stripe.secretKey': z._default(z.string().check(z.minLength(1)), 'sk_test_sandbox'),
    'stripe.webhookSecret': z._default(z.union([z.string(), z.array(z.string())]), 'whsec_sandbox'),
  }),
  create: (config, options) =>
    createStripeSandbox({
      ...options,
      secretKey: config['stripe.secretKey'],
      webhookSecrets: [config['stripe.webhookSecret']].flat(),
    }),
});
