import type { Route } from '../api/route.ts';
import { searchTransactions } from './search.ts';

/** The account's books. */
export const reportRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v1\/reporting\/transactions$/, run: searchTransactions },
];
