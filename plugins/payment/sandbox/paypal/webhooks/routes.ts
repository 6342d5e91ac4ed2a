import type { Route } from '../api/route.ts';
import { getEvent, listEvents, resendEvent } from './records.ts';
import { verifySignature } from './verify.ts';

/** What PayPal remembers of webhooks, and the post-back that verifies them. */
export const webhookRoutes: readonly Route[] = [
  { method: 'POST', path: /^\/v1\/notifications\/verify-webhook-signature$/, run: verifySignature },
  { method: 'GET', path: /^\/v1\/notifications\/webhooks-events$/, run: listEvents },
  { method: 'GET', path: /^\/v1\/notifications\/webhooks-events\/([\w-]+)$/, run: getEvent },
  { method: 'POST', path: /^\/v1\/notifications\/webhooks-events\/([\w-]+)\/resend$/, run: resendEvent },
];
