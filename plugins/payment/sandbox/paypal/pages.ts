import type { PageAnswer, Pages } from '../shared/http/page.ts';
import { htmlPage, redirect, refusal } from '../shared/http/page.ts';
import { moneyOf } from './money.ts';
import { approve, decline } from './orders/buyer.ts';
import { PAGE_TITLE } from './payer-page.ts';
import type { OrderRecord } from './store/records.ts';
import { subscriptionPages } from './subscriptions/page.ts';
import { setupPages } from './vault/page.ts';
import type { World } from './world.ts';

/** The payer's pages, at the approval links of orders, saved accounts and subscriptions. */
export function approvalPages(world: World): Pages {
  const pages = [orderPages(world), setupPages(world), subscriptionPages(world)];
  return (request) => {
    for (const answer of pages) {
      const made = answer(request);
      if (made) return made;
    }
    return undefined;
  };
}

/** At an order's approval link: three buttons. */
function orderPages(world: World): Pages {
  return ({ body, method, url }) => {
    if (url.pathname !== '/checkoutnow') return undefined;
    const order = world.store.get('order', url.searchParams.get('token') ?? '');
    if (!order) return refusal(404, 'There is no such order.');
    if (method !== 'POST') return page(order);
    const done = answerOf(world, order, new URLSearchParams(body).get('answer'));
    if (done === undefined) return refusal(400, 'The order cannot be answered like this.');
    return done.redirect === undefined ? page(done.order) : redirect(done.redirect);
  };
}

function answerOf(world: World, order: OrderRecord, answer: string | null) {
  if (answer === 'approve') return approve(world, order);
  if (answer === 'approve-declined') return approve(world, order, 'declined');
  return answer === 'cancel' ? decline(world, order) : undefined;
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
