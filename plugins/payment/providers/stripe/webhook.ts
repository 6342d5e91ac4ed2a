import { Stripe } from 'stripe';
import type { StripeConfig } from '../../config.ts';
import { problem } from '../../errors.ts';
import type { ProviderEvent } from '../event.ts';
import { signedBody } from '../signed-body.ts';
import { type RawStripeEvent, toProviderEvent } from './event.ts';
import { isLiveKey } from './provider.ts';

const TOLERANCE_SECONDS = 300;

/**
 * Verifies the signature over the exact bytes, then reads the event. Nothing of the body is looked at before
 * that.
 */
export function readStripeEvent(
  rawBody: Buffer,
  signature: string | undefined,
  config: StripeConfig,
  nowMs: number,
): ProviderEvent {
  if (signature === undefined || signature.trim() === '') throw problem('invalid-signature');
  verify(rawBody, signature, [config.webhookSecret].flat(), nowMs);
  return parse(rawBody, config);
}

function verify(rawBody: Buffer, signature: string, secrets: readonly string[], nowMs: number): void {
  // The SDK refuses old timestamps only, so one from the future is refused here.
  const timestamps = [...signature.matchAll(/t=(\d+)/g)].map(([, seconds]) => Number(seconds));
  if (timestamps.some((seconds) => seconds > nowMs / 1000 + TOLERANCE_SECONDS))
    throw problem('invalid-signature');
  if (!secrets.some((secret) => isSignedWith(rawBody, signature, secret, nowMs)))
    throw problem('invalid-signature');
}

function isSignedWith(rawBody: Buffer, signature: string, secret: string, nowMs: number): boolean {
  const { signature: verifier } = Stripe.webhooks;
  if (verifier === null) throw new TypeError('This build of the Stripe SDK cannot verify webhooks');
  try {
    return verifier.verifyHeader(rawBody, signature, secret, TOLERANCE_SECONDS, undefined, nowMs);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
    throw error;
  }
}

function parse(rawBody: Buffer, { secretKey, accountId }: StripeConfig): ProviderEvent {
  const event = signedBody<RawStripeEvent>(rawBody);
  const { id, type, account } = event;
  if (event.object !== 'event' || typeof id !== 'string' || id === '' || typeof type !== 'string') {
    throw problem('webhook-unusable', {
      detail: 'Not a snapshot event; the endpoint must not be set up for thin events.',
    });
  }
  if (event.livemode !== isLiveKey(secretKey)) {
    throw problem('webhook-unusable', { detail: 'The event and the configured key are of different modes.' });
  }
  if (account !== undefined && account !== null && account !== accountId)
    throw problem('webhook-unusable', { detail: 'The event is about another account, a connected one.' });
  return toProviderEvent({ ...event, id, type });
}
