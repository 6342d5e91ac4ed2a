import type { PageAnswer, Pages } from '../shared/http/page.ts';
import { htmlPage, redirect, refusal } from '../shared/http/page.ts';
import { moneyOf } from './money.ts';
import { approve, decline } from './orders/buyer.ts';
import { PAGE_TITLE } from './payer-page.ts';
import type { OrderRecord } from './store/records.ts';
import { subscriptionPages } from './subscriptions/page.ts';
import { setupPages } from './vault/page.ts';
import type { Account } from './account.ts';

/** The payer's pages, at the approval links of orders, saved accounts and subscriptions. */
export function approvalPages(account: Account): Pages {
  const pages = [orderPages(account), setupPages(account), subscriptionPages(account)];
  return (request) => {
    for (const answer of pages) {
      const made = answer(request);
      if (made) return made;
    }
    return undefined;
  };
}

/** At an order's approval link: three buttons. */
function orderPages(account: Account): Pages {
  return ({ body, method, url }) => {
    if (url.pathname !== '/checkoutnow') return undefined;
    const order = account.store.get('order', url.searchParams.get('token') ?? '');
    if (!order) return refusal(404, 'There is no such order.');
    if (method !== 'POST') return page(order);
    const done = answerOf(account, order, new URLSearchParams(body).get('answer'));
    if (done === undefined) return refusal(400, 'The order cannot be answered like this.');
    return done.redirect === undefined ? page(done.order) : redirect(done.redirect);
  };
}

function answerOf(account: Account, order: OrderRecord, answer: string | null) {
  if (answer === 'approve') return approve(account, order);
  if (answer === 'approve-declined') return approve(account, order, 'declined');
  return answer === 'cancel' ? decline(account, order) : undefined;
}

function page(order: OrderRecord): PageAnswer {
  const buttons = `<form method="post">
      <button name="answer" value="approve">Approve</button>
      <button name="answer" value="approve-declined">Approve with an instrument that is declined</button>
      <button name="answer" value="cancel">Cancel</button>
    </form>`;
  const waits = order.status === 'CREATED' || order.status === 'PAYER_ACTION_REQUIRED';
  const shown = waits ? buttons : `<p>Nothing to approve: the order is ${order.status}.</p>`;
  const { currency_code: currency, value } = moneyOf(order.amountMinor, order.currency);
  return htmlPage(PAGE_TITLE, `<p>${value} ${currency}, order ${order.id}</p>\n    ${shown}`);
}
