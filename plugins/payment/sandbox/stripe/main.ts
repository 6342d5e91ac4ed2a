import * as z from 'zod/mini';
import { runSandbox } from '../shared/process.ts';
import { createStripeSandbox } from './sandbox.ts';

const PORT_DEFAULT = 12111;

const configSchema = z.object({
  'stripe.secretKey': z._default(z.string().check(z.minLength(1)), 'sk_test_sandbox'),
  'stripe.webhookSecret': z._default(z.union([z.string(), z.array(z.string())]), 'whsec_sandbox'),
});
const urlsSchema = z.object({ stripe: z.optional(z.url()) });

await runSandbox(process.env, PORT_DEFAULT, (input) => {
  const config = z.parse(configSchema, input.config);
  return createStripeSandbox({
    secretKey: config['stripe.secretKey'],
    webhookSecrets: [config['stripe.webhookSecret']].flat(),
    webhookUrl: z.parse(urlsSchema, input.webhookUrls).stripe,
    stateFile: input.stateFile('stripe.sqlite'),
  });
});
