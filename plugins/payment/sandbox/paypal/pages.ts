import { type Answered, approvalPage, type ApprovalPage, type Page } from '../shared/http/page.ts';
import type { Account } from './account.ts';
import { moneyOf } from './money.ts';
import { approveOrder, awaitsPayer, declineOrder } from './orders/buyer.ts';
import type { OrderRecord, Records } from './store/records.ts';
import type { SubscriptionRecord } from './store/subscription-records.ts';
import type { SetupTokenRecord } from './store/vault-records.ts';
import { approveSubscription, declineSubscription } from './subscriptions/approve.ts';
import { approveSetup, declineSetup } from './vault/setup-tokens.ts';

/** The payer's pages, at the approval links of orders, setup tokens and subscriptions. */
export function approvalPages(account: Account): readonly Page[] {
  return [
    payerPage<OrderRecord>(account, {
      what: 'order',
      idAt: inQuery('/checkoutnow', 'token'),
      find: (id) => account.store.get('order', id),
      text: ({ amountMinor, currency, id }) =>
        `${moneyOf(amountMinor, currency).value} ${currency}, order ${id}`,
      waits: awaitsPayer,
      buttons: {
        approve: 'Approve',
        'approve-declined': 'Approve with an instrument that is declined',
        cancel: 'Cancel',
      },
      approve: (order, button) =>
        approveOrder(account, order, button === 'approve-declined' ? 'declined' : undefined),
      cancel: (order) => declineOrder(account, order),
    }),
    payerPage<SetupTokenRecord>(account, {
      what: 'setup token',
      idAt: inQuery('/agreements/approve', 'approval_session_id'),
      find: (id) => account.store.get('setupToken', id),
      text: ({ id }) => `Save your PayPal account, setup token ${id}`,
      waits: ({ status }) => status === 'PAYER_ACTION_REQUIRED',
      approve: (token) => approveSetup(account, token),
      cancel: declineSetup,
    }),
    payerPage<SubscriptionRecord>(account, {
      what: 'subscription',
      idAt: inQuery('/webapps/billing/subscriptions', 'ba_token'),
      find: (id) => account.store.get('subscription', id),
      text: ({ id, planId }) => `Subscription ${id} to plan ${planId}`,
      waits: ({ status }) => status === 'APPROVAL_PENDING',
      approve: (subscription) => approveSubscription(account, subscription),
      cancel: declineSubscription,
    }),
  ];
}

interface PayerPage<T> extends Pick<ApprovalPage<T>, 'idAt' | 'find' | 'text'> {
  readonly what: string;
  readonly waits: (object: T) => boolean;
  readonly buttons?: ApprovalPage<T>['buttons'];
  readonly approve: (object: T, button: string) => Answered<T> | undefined;
  readonly cancel: (object: T) => Answered<T> | undefined;
}

function payerPage<T extends { readonly status: string }>(account: Account, page: PayerPage<T>): Page {
  const { approve, buttons = { approve: 'Approve', cancel: 'Cancel' }, cancel, waits, what } = page;
  return approvalPage<T, Records>(account, {
    ...page,
    title: 'PayPal test page',
    missing: `There is no such ${what}.`,
    closed: (object) => (waits(object) ? undefined : `the ${what} is ${object.status}`),
    field: 'answer',
    buttons,
    answer: (object, button) => {
      if (!Object.hasOwn(buttons, button)) return undefined;
      return button === 'cancel' ? cancel(object) : approve(object, button);
    },
    refused: `The ${what} cannot be answered like this.`,
  });
}

function inQuery(path: string, name: string): (url: URL) => string | undefined {
  return ({ pathname, searchParams }) => (pathname === path ? (searchParams.get(name) ?? '') : undefined);
}
