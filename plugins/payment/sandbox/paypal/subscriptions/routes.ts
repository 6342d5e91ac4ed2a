import { CATALOG_MS, creates, get, post } from '../api/route.ts';
import { retrieve, shown } from '../api/stored.ts';
import { activateSubscription, cancelSubscription, suspendSubscription } from './change.ts';
import { createSubscription } from './create.ts';
import { getSale, getSaleRefund, listTransactions } from './read.ts';
import { subscriptionMinimal, subscriptionView } from './view.ts';

const SUBSCRIPTION = '/v1/billing/subscriptions/{slug}';

/** Subscriptions and their charges. */
export const subscriptionRoutes = [
  creates(
    '/v1/billing/subscriptions',
    createSubscription,
    shown('subscription', subscriptionView, subscriptionMinimal),
    CATALOG_MS,
  ),
  get(SUBSCRIPTION, retrieve('subscription', subscriptionView)),
  post(`${SUBSCRIPTION}/cancel`, cancelSubscription),
  post(`${SUBSCRIPTION}/suspend`, suspendSubscription),
  post(`${SUBSCRIPTION}/activate`, activateSubscription),
  get(`${SUBSCRIPTION}/transactions`, listTransactions),
  get('/v1/payments/sale/{id}', getSale),
  get('/v1/payments/refund/{id}', getSaleRefund),
];
