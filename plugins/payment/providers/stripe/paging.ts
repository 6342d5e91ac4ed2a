import type Stripe from 'stripe';
import type { ProviderCall } from '../provider-call.ts';
import type { ProviderPage } from '../records.ts';
import { unexpectedAnswer } from './answers.ts';
import { callStripe } from './client.ts';

export const PAGE_SIZE = 100;

type List<T> = Promise<Stripe.ApiList<T>>;

/** The paging parameters of a list. */
interface PageParams {
  readonly limit: number;
  readonly starting_after?: string;
}

/** One page of a list, and where the next one begins. */
export async function onePage<T extends { readonly id: string }>(
  call: ProviderCall,
  list: (page: PageParams, options: Stripe.RequestOptions) => List<T>,
  cursor: string | undefined,
): Promise<ProviderPage<T>> {
  return callStripe({ budgetMs: call.budgetMs }, async (options) => {
    const page = { limit: PAGE_SIZE, ...(cursor !== undefined && { starting_after: cursor }) };
    const answer = await list(page, options);
    if (answer?.object !== 'list' || !Array.isArray(answer.data)) throw unexpectedAnswer();
    return { items: answer.data, next: answer.has_more ? answer.data.at(-1)?.id : undefined };
  });
}

/** All pages of a list, as far as the budget lasts; a list that was not read to its end proves nothing. */
export async function everyPage<T extends { readonly id: string }>(
  call: ProviderCall,
  list: (page: PageParams, options: Stripe.RequestOptions) => List<T>,
): Promise<readonly T[]> {
  const endsAt = Date.now() + call.budgetMs;
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await onePage({ budgetMs: endsAt - Date.now() }, list, cursor);
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return all;
}
