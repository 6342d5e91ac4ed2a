import type { PayPalConfig } from '../../config.ts';
import { problem } from '../../errors.ts';
import { ProviderError } from '../provider-error.ts';
import { payPalConnection } from './client.ts';
import { boundedBody } from './http-client.ts';
import { bodyText } from '../signed-body.ts';
import type { PostBack } from './webhook.ts';

const PATH = '/v1/notifications/verify-webhook-signature';
const TIMEOUT_MS = 5_000;

/** Asks PayPal whether it made a transmission. The SDK has no method for that. */
export function postBack(config: PayPalConfig): PostBack {
  const connection = payPalConnection(config);
  return async (transmission, rawBody) => {
    const body = spliced(transmission, config.webhookId, rawBody);
    try {
      const token = await connection.token({ budgetMs: TIMEOUT_MS });
      const response = await fetch(`${connection.origin}${PATH}`, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body,
      });
      if (!response.ok) throw new ProviderError({ class: 'unknown', code: `http_${response.status}` });
      const text = (await boundedBody(response.body)).toString();
      const answer = JSON.parse(text) as { verification_status?: unknown } | null;
      return answer?.verification_status === 'SUCCESS';
    } catch (error) {
      throw problem('webhook-unverifiable', { cause: error });
    }
  };
}

/** The event is sent byte for byte: serialized again, `1.0` would become `1` and change the checksum. */
function spliced(
  { id, time, signature, algorithm, certificateUrl }: Parameters<PostBack>[0],
  webhookId: string,
  rawBody: Buffer,
): string {
  const text = bodyText(rawBody);
  if (!isJson(text)) throw problem('webhook-unusable', { detail: 'The body is not JSON.' });
  const envelope = JSON.stringify({
    auth_algo: algorithm,
    cert_url: certificateUrl,
    transmission_id: id,
    transmission_sig: signature,
    transmission_time: time,
    webhook_id: webhookId,
  });
  return `${envelope.slice(0, -1)},"webhook_event":${text}}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
