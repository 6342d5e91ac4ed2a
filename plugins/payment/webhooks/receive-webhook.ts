import { webhookRejected } from '#events/catalog/index.ts';
import { ProblemError } from '#runtime/contract/errors.ts';
import type { WebhookContext, WebhookRequest, WebhookResult } from '#runtime/contract/webhook.ts';
import { domainEvent } from '../engine/model/event-envelopes.ts';
import { problem } from '../errors.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import { SignatureRefusal } from '../providers/signature.ts';
import type { Services } from '../services.ts';
import { applyEvent } from './apply-event.ts';
import { publishNotice } from '../engine/notices.ts';

/**
 * Receives a delivery: verifies and parses it, then applies the event. While webhooks are disabled it answers 503,
 * so that the provider delivers again.
 * @param read throws ProblemError for a delivery without a valid signature
 */
export async function receiveWebhook(
  context: WebhookContext<Services>,
  provider: ProviderName,
  read: (request: WebhookRequest) => Promise<ProviderEvent>,
): Promise<WebhookResult> {
  const { request, services, log } = context;
  const event = await read(request).catch((error: unknown) => reject(context, provider, error));
  log.debug('A verified webhook', { eventId: event.id, type: event.type });
  if (!services.config.features.webhooks)
    throw problem('feature-disabled', { extensions: { feature: 'webhooks' } });
  const flow = { ...context, cause: { kind: 'webhook', id: event.id }, actor: provider } as const;
  const applied = await applyEvent(flow, provider, event, request.rawBody);
  return { outcome: applied === 'foreign' ? 'ignored' : applied, eventId: event.id };
}

/** Logs why a signature was rejected, and counts each reason; the response does not tell the sender. */
function explain({ log }: WebhookContext<Services>, provider: ProviderName, error: ProblemError): void {
  if (!(error.cause instanceof SignatureRefusal)) return;
  const { reason, skewSeconds, cause } = error.cause;
  const why = cause instanceof Error ? cause.message : undefined;
  log.warn('A delivery is not signed by the provider', { provider, reason, skewSeconds, why });
  log.count(`payment.webhook.rejected.${reason}`);
}

/**
 * Counts every rejected delivery, but publishes at most one per minute and reason, because anybody can send them.
 */
async function reject(
  context: WebhookContext<Services>,
  provider: ProviderName,
  error: unknown,
): Promise<never> {
  if (error instanceof ProblemError && error.code !== 'provider-not-configured') {
    const { services, requestId } = context;
    const reason = error.code;
    context.log.count('payment.webhook.rejected');
    explain(context, provider, error);
    const minute = services.now().toISOString().slice(0, 16);
    const flow = { ...context, cause: { kind: 'webhook', id: requestId }, actor: provider } as const;
    if (services.oncePerMinute(`rejected:${provider}:${reason}`))
      await publishNotice(
        flow,
        `rejected:${provider}:${reason}:${minute}`,
        domainEvent(webhookRejected, { provider, reason }),
      );
  }
  throw error;
}
