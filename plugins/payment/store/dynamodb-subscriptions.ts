import { nextSubscriptionLook } from '../domain/aggregate-due.ts';
import type { Charge, Subscription } from '../domain/subscription.ts';
import type { AggregateStore } from './aggregate-store.ts';
import { tableOf } from './dynamodb-actions.ts';
import { dynamoAggregates } from './dynamodb-aggregates.ts';
import { keys } from './dynamodb-keys.ts';
import type { DynamoStoreOptions } from './dynamodb.ts';

/** Subscriptions, with a mark for each charge that was counted. */
export const dynamoSubscriptions = ({
  client,
  table,
  now,
}: DynamoStoreOptions): AggregateStore<Subscription, Charge> =>
  dynamoAggregates(client, tableOf(table, now), {
    type: 'subscription',
    root: keys.subscription,
    partPrefix: 'CHG#',
    refNames: { id: 'subscriptionId', partId: 'chargeId' },
    nextLook: nextSubscriptionLook,
  });
