import { createHmac, timingSafeEqual } from 'node:crypto';
import type { StripeConfig } from '../../config.ts';
import { problem } from '../../errors.ts';
import { isEvent, type ProviderEvent } from '../event.ts';
import { checkSkew, unsigned } from '../signature.ts';
import { signedBody } from '../signed-body.ts';
import { type RawStripeEvent, toProviderEvent } from './event.ts';
import { isLiveKey } from './provider.ts';

const TOLERANCE_SECONDS = 300;
const BOUNDS = { oldSeconds: TOLERANCE_SECONDS, aheadSeconds: TOLERANCE_SECONDS };

/**
 * Verifies the signature over the exact bytes, then parses the event.
 * @throws ProblemError 400 `invalid-signature` or `webhook-unusable`
 */
export function readStripeEvent(
  rawBody: Buffer,
  signature: string | undefined,
  config: StripeConfig,
  nowMs: number,
): ProviderEvent {
  verify(rawBody, signature, [config.webhookSecret].flat(), nowMs);
  return parse(rawBody, config);
}

/**
 * Verifies Stripe's scheme `v1`. The SDK is not used because it verifies the decoded text, which has lost a byte order
 * mark, and accepts timestamps from the future.
 */
function verify(
  rawBody: Buffer,
  header: string | undefined,
  secrets: readonly string[],
  nowMs: number,
): void {
  if (header === undefined || header.trim() === '') throw unsigned('missing-header');
  const { time, signatures } = parsed(header);
  const skewSeconds = nowMs / 1000 - Number(time);
  const isSigned = secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(`${time}.`).update(rawBody).digest();
    return signatures.some((given) => given.length === expected.length && timingSafeEqual(given, expected));
  });
  // The signature covers the timestamp, so its age is only checked once the signature is valid.
  if (!isSigned) throw unsigned('no-match', skewSeconds);
  checkSkew(skewSeconds, BOUNDS);
}

/** `t=<seconds>,v1=<hex>,v1=...`, perhaps with other schemes; a second timestamp would be ambiguous and is refused. */
function parsed(header: string): { readonly time: string; readonly signatures: readonly Buffer[] } {
  const elements = header.split(',').map((element) => element.split('=', 2));
  const valuesOf = (wanted: string) =>
    elements.filter(([name]) => name === wanted).map(([, value = '']) => value);
  const [time, ...others] = valuesOf('t');
  const signatures = valuesOf('v1').map((hex) => Buffer.from(hex, 'hex'));
  if (time === undefined || others.length > 0 || !/^\d{1,12}$/.test(time) || signatures.length === 0)
    throw unsigned('malformed');
  return { time, signatures };
}

function parse(rawBody: Buffer, { secretKey, accountId }: StripeConfig): ProviderEvent {
  const event = signedBody<RawStripeEvent>(rawBody);
  const { account } = event;
  if (event.object !== 'event' || !isEvent(event)) {
    throw problem('webhook-unusable', {
      detail: 'Not a snapshot event; the endpoint must not be set up for thin events.',
    });
  }
  if (event.livemode !== isLiveKey(secretKey)) {
    throw problem('webhook-unusable', { detail: 'The event and the configured key are of different modes.' });
  }
  if (account !== undefined && account !== null && account !== accountId)
    throw problem('webhook-unusable', { detail: 'The event is about another account, a connected one.' });
  return toProviderEvent(event);
}
