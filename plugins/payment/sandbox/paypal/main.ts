import * as z from 'zod/mini';
import { runSandbox } from '../shared/process.ts';
import { createPaypalSandbox } from './sandbox.ts';

const PORT_DEFAULT = 12112;

const text = (fallback: string) => z._default(z.string().check(z.minLength(1)), fallback);
const configSchema = z.object({
  'paypal.clientId': text('client_sandbox'),
  'paypal.clientSecret': text('secret_sandbox'),
  'paypal.webhookId': text('WEBHOOKSANDBOX'),
});
const urlsSchema = z.object({ paypal: z.optional(z.url()) });

await runSandbox(process.env, PORT_DEFAULT, (input) => {
  const config = z.parse(configSchema, input.config);
  return createPaypalSandbox({
    clientId: config['paypal.clientId'],
    clientSecret: config['paypal.clientSecret'],
    webhookId: config['paypal.webhookId'],
    webhookUrl: z.parse(urlsSchema, input.webhookUrls).paypal,
    stateFile: input.stateFile('paypal.sqlite'),
  });
});
