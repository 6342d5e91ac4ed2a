import type { InvocationContext } from './operation.ts';

/** A provider's delivery as it came over the wire: signatures cover the exact bytes. */
export interface WebhookRequest {
  readonly rawBody: Buffer;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Wall time at which it came in, in milliseconds since 1970: what a signature's age is judged by. */
  readonly receivedAtMs: number;
}

export interface WebhookContext<S> extends InvocationContext<S> {
  readonly request: WebhookRequest;
}

/** `processed`: the effect is durable; `duplicate`: it already was; `ignored`: nothing of ours. All three are a 200. */
export interface WebhookResult {
  readonly outcome: 'processed' | 'duplicate' | 'ignored';
  readonly eventId?: string;
}

/** One provider's webhook. Refuses by throwing: a 400 problem for a bad signature, a 503 to be delivered again. */
export interface Webhook<S> {
  readonly summary: string;
  handle(context: WebhookContext<S>): Promise<WebhookResult>;
}

export function webhook<S>(definition: Webhook<S>): Webhook<S> {
  return definition;
}
