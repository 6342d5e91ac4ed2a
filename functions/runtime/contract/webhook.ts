import type { InvocationContext } from './operation.ts';

/** A provider's delivery as it came over the wire. */
export interface WebhookRequest {
  /** The exact bytes, which the signature covers; at most `maxBodyBytes` of the manifest, 262,144 when left out. */
  readonly rawBody: Buffer;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** When it was received, in epoch milliseconds of the wall clock, to check the age of a signature. */
  readonly receivedAtMs: number;
}

/** What the `handle` of a webhook gets. */
export interface WebhookContext<S> extends InvocationContext<S> {
  readonly request: WebhookRequest;
}

/** The outcome of a delivery that was accepted; the provider gets 200 for each of them. */
export interface WebhookResult {
  /** `processed`: its effect is durable; `duplicate`: it was so before; `ignored`: it concerns nothing of ours. */
  readonly outcome: 'processed' | 'duplicate' | 'ignored';
  /** The provider's id of the event. */
  readonly eventId?: string;
}

/** One provider's webhook, behind a function URL of its own. */
export interface Webhook<S> {
  /** One line, for readers of the code. */
  readonly summary: string;
  /** @throws ProblemError 400 for a bad signature; 503 to have the provider deliver again */
  handle(context: WebhookContext<S>): Promise<WebhookResult>;
}

/** Gives a webhook its types; it adds nothing at run time. */
export function webhook<S>(definition: Webhook<S>): Webhook<S> {
  return definition;
}
