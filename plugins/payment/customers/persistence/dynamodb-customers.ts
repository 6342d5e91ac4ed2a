import { nextCustomerCheck } from '../../reconciliation/model/command-checks.ts';
import type { Customer, PaymentMethod } from '../model/customer.ts';
import type { AggregateStore } from '../../store/aggregate-store.ts';
import { dynamoAggregates } from '../../store/dynamodb-aggregates.ts';
import { tableOf } from '../../store/table.ts';
import { keys } from '../../store/keys.ts';
import type { DynamoStoreOptions } from '../../store/table.ts';

/** Customers with their payment methods. */
export const dynamoCustomers = (options: DynamoStoreOptions): AggregateStore<Customer, PaymentMethod> =>
  dynamoAggregates(tableOf(options), {
    root: keys.customer,
    partPrefix: 'PM#',
    refNames: { id: 'customerId', partId: 'methodId' },
    nextCheck: nextCustomerCheck,
  });
