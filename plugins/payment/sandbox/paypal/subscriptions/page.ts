import type { Pages } from '../../shared/http/page.ts';
import { redirect, refusal } from '../../shared/http/page.ts';
import { payerPage } from '../payer-page.ts';
import type { SubscriptionRecord } from '../store/subscription-records.ts';
import type { Account } from '../account.ts';
import { approveSubscription, declineSubscription } from './approve.ts';

/** The payer's page at the approval link of a subscription. */
export function subscriptionPages(account: Account): Pages {
  return ({ body, method, url }) => {
    if (url.pathname !== '/webapps/billing/subscriptions') return undefined;
    const found = account.store.get('subscription', url.searchParams.get('ba_token') ?? '');
    if (!found) return refusal(404, 'There is no such subscription.');
    if (method !== 'POST') return page(found);
    const answer = new URLSearchParams(body).get('answer');
    const turned = answer === 'cancel' ? declineSubscription(found) : undefined;
    const done = answer === 'approve' ? approveSubscription(account, found) : turned;
    if (done === undefined) return refusal(400, 'The subscription cannot be answered like this.');
    return done.redirect === undefined ? page(done.subscription) : redirect(done.redirect);
  };
}

function page({ id, planId, status }: SubscriptionRecord) {
  const waits = status === 'APPROVAL_PENDING';
  return payerPage(
    `Subscription ${id} to plan ${planId}`,
    waits ? undefined : `the subscription is ${status}`,
  );
}
