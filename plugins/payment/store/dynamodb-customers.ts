import { nextCustomerLook } from '../domain/aggregate-due.ts';
import type { Customer, PaymentMethod } from '../domain/customer.ts';
import type { AggregateStore } from './aggregate-store.ts';
import { dynamoAggregates } from './dynamodb-aggregates.ts';
import { tableOf } from './dynamodb-actions.ts';
import { keys } from './dynamodb-keys.ts';
import type { DynamoStoreOptions } from './dynamodb.ts';

/** Customers with their payment methods. */
export const dynamoCustomers = ({
  client,
  table,
  now,
}: DynamoStoreOptions): AggregateStore<Customer, PaymentMethod> =>
  dynamoAggregates(client, tableOf(table, now), {
    type: 'customer',
    root: keys.customer,
    partPrefix: 'PM#',
    refNames: { id: 'customerId', partId: 'methodId' },
    nextLook: nextCustomerLook,
  });
