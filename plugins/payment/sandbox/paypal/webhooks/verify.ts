import { textLength } from '#runtime/contract/text.ts';
import * as z from 'zod/mini';
import { readBody } from '../api/input.ts';
import type { Call, Result } from '../api/route.ts';
import { certUrl } from './certificates.ts';
import { ALGORITHM, isSigned } from './format.ts';
import { rawMember } from './raw-member.ts';

const verifySchema = z.object({
  auth_algo: z.string().check(textLength(1, 100)),
  cert_url: z.url().check(textLength(1, 500)),
  transmission_id: z.string().check(textLength(1, 50)),
  transmission_sig: z.string().check(textLength(1, 500)),
  transmission_time: z.string().check(textLength(1, 100)),
  webhook_id: z.string().check(textLength(1, 50)),
  webhook_event: z.record(z.string(), z.unknown()),
});

/** `POST /v1/notifications/verify-webhook-signature`: the event must come byte for byte as it was delivered. */
export function verifySignature({ body, rawBody, account }: Call): Result {
  const params = readBody(verifySchema, body);
  const genuine =
    params.webhook_id === account.webhookId &&
    params.auth_algo === ALGORITHM &&
    params.cert_url === certUrl(account) &&
    isSigned(
      account,
      { id: params.transmission_id, time: params.transmission_time },
      rawMember(rawBody, 'webhook_event') ?? '',
      params.transmission_sig,
    );
  return { status: 200, body: { verification_status: genuine ? 'SUCCESS' : 'FAILURE' } };
}
