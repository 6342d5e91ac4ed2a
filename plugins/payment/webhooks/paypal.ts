import { webhook } from '#runtime/contract/webhook.ts';
import { receiveWebhook } from './receive-webhook.ts';
import { configured } from '../providers/configured.ts';
import { certificateStore } from '../providers/paypal/certificates.ts';
import { readPayPalEvent } from '../providers/paypal/event.ts';
import { postBack } from '../providers/paypal/post-back.ts';
// Loads the SDK with this function: it knows its provider, so that loading it later would only make the first
// call wait.
import '../providers/paypal/provider.ts';
import { verifyTransmission } from '../providers/paypal/webhook.ts';
import type { Services } from '../services.ts';

const PROVIDER = 'paypal';

/** Cached across configuration changes: whether a certificate is trusted is checked at every use. */
const certificates = certificateStore();

export const paypalWebhook = webhook<Services>({
  summary:
    'Verifies a delivery of PayPal, fetches its object and applies that, and captures approved payments',
  handle: (context) =>
    receiveWebhook(context, PROVIDER, async ({ rawBody, headers, receivedAtMs }) => {
      const config = configured(context.services.config, PROVIDER);
      const verifier = { certificates, postBack: config.webhookPostBack ? postBack(config) : undefined };
      await verifyTransmission(rawBody, headers, config, verifier, receivedAtMs);
      return readPayPalEvent(rawBody);
    }),
});
