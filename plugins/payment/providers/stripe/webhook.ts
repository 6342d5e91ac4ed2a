import { Stripe } from 'stripe';
import type { StripeConfig } from '../../config.ts';
import { problem } from '../../errors.ts';
import { PAYMENT_ID_KEY } from '../provider.ts';
import { signedBody } from '../signed-body.ts';
import { isLiveKey } from './provider.ts';

const TOLERANCE_SECONDS = 300;

/** A verified event: only a pointer to what changed. Its amounts and statuses are not used. */
export type StripeEvent =
  | { readonly kind: 'ignored'; readonly id: string; readonly type: string }
  | {
      readonly kind: 'payment';
      readonly id: string;
      readonly type: string;
      /** The PaymentIntent to fetch. */
      readonly ref: string;
      /** Our payment id as the object carries it. */
      readonly paymentId: string | undefined;
    };

/** The event types that tell of a change of a PaymentIntent or of its charge. */
const HANDLED: ReadonlySet<string> = new Set([
  'payment_intent.created',
  'payment_intent.requires_action',
  'payment_intent.processing',
  'payment_intent.partially_funded',
  'payment_intent.amount_capturable_updated',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'charge.succeeded',
  'charge.pending',
  'charge.captured',
  'charge.updated',
  'charge.expired',
  'charge.failed',
]);

/**
 * Verifies the signature over the exact bytes, then reads the event. Nothing of the body is looked at before
 * that.
 */
export function readStripeEvent(
  rawBody: Buffer,
  signature: string | undefined,
  config: StripeConfig,
  nowMs: number,
): StripeEvent {
  if (signature === undefined || signature.trim() === '') throw problem('invalid-signature');
  verify(rawBody, signature, [config.webhookSecret].flat(), nowMs);
  return parse(rawBody, isLiveKey(config.secretKey));
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

interface RawEvent {
  readonly id?: unknown;
  readonly object?: unknown;
  readonly type?: unknown;
  readonly livemode?: unknown;
  readonly data?: { readonly object?: RawObject } | undefined;
}

interface RawObject {
  readonly id?: unknown;
  readonly object?: unknown;
  readonly payment_intent?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
}

function parse(rawBody: Buffer, livemode: boolean): StripeEvent {
  const event = signedBody<RawEvent>(rawBody);
  const { id, type } = event;
  if (event.object !== 'event' || typeof id !== 'string' || id === '' || typeof type !== 'string') {
    throw problem('webhook-unusable', {
      detail: 'Not a snapshot event; the endpoint must not be set up for thin events.',
    });
  }
  if (event.livemode !== livemode) {
    throw problem('webhook-unusable', { detail: 'The event and the configured key are of different modes.' });
  }
  const object = event.data?.object;
  const ref = object?.object === 'charge' ? object.payment_intent : object?.id;
  if (!HANDLED.has(type) || typeof ref !== 'string' || ref === '') return { kind: 'ignored', id, type };
  const paymentId = object?.metadata?.[PAYMENT_ID_KEY];
  return { kind: 'payment', id, type, ref, paymentId: typeof paymentId === 'string' ? paymentId : undefined };
}
