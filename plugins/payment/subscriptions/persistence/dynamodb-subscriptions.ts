import { nextSubscriptionCheck } from '../../reconciliation/model/command-checks.ts';
import type { Charge, Subscription } from '../model/subscription.ts';
import { dynamoAggregates } from '../../store/dynamodb-aggregates.ts';
import { type ActionName, insert } from '../../store/actions.ts';
import { type Table, tableOf } from '../../store/table.ts';
import { keys } from '../../store/keys.ts';
import { readAll } from '../../store/read.ts';
import type { Action } from '../../store/write.ts';
import type { DynamoStoreOptions } from '../../store/table.ts';
import type { SubscriptionStore } from './subscription-store.ts';

/** Subscriptions, with an item for each counted charge. */
export function dynamoSubscriptions(options: DynamoStoreOptions): SubscriptionStore {
  const table = tableOf(options);
  const store = dynamoAggregates<Subscription, Charge>(table, {
    root: keys.subscription,
    partPrefix: 'CHG#',
    refNames: { id: 'subscriptionId', partId: 'chargeId' },
    nextCheck: nextSubscriptionCheck,
    withNew: (into, subscription: Subscription) => [
      ofLivingCustomer(into, subscription),
      insert(into, 'other', { ...pointerKey(subscription), subscriptionId: subscription.id }),
    ],
  });
  return {
    ...store,
    async ofCustomer(customerId) {
      const { PK, SK } = keys.customerSubscription(customerId, '');
      const pointers = await readAll(table, PK, SK);
      const found = await Promise.all(
        pointers.map(({ subscriptionId }) => store.get(String(subscriptionId))),
      );
      return found.flatMap((subscription) => subscription ?? []);
    },
  };
}

const pointerKey = ({ customerId, id }: Subscription) => keys.customerSubscription(customerId, id);

/** The condition that the customer is active and not being deleted, so that its deletion misses no subscription. */
function ofLivingCustomer(table: Table, { customerId }: Subscription): Action<ActionName> {
  return {
    name: 'owner',
    ConditionCheck: {
      TableName: table.name,
      Key: { ...keys.customer(customerId) },
      ConditionExpression:
        '#status = :active AND NOT (#call.#kind = :delete AND #call.#status IN (:requested, :in_doubt))',
      ExpressionAttributeNames: { '#status': 'status', '#call': 'call', '#kind': 'kind' },
      ExpressionAttributeValues: {
        ':active': 'active',
        ':delete': 'delete',
        ':requested': 'requested',
        ':in_doubt': 'in_doubt',
      },
    },
  };
}
