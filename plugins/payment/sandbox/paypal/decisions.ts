import { type Choice, choice, type Decision, untilChoice } from '../shared/controls/decisions.ts';
import type { Account } from './account.ts';
import { moneyOf } from './money.ts';
import type { DisputeRecord } from './store/dispute-record.ts';
import type { CaptureRecord, RefundRecord } from './store/records.ts';
import type { MoneyResource } from './store/resource.ts';
import type { SubscriptionRecord } from './store/subscription-records.ts';
import type { PaymentTokenRecord, SetupTokenRecord } from './store/vault-records.ts';

/** What payers and PayPal can decide at this account. */
export function paypalDecisions(account: Account): readonly Decision[] {
  const { store } = account;
  return [
    ...store.all('paymentToken').map(savedAccount),
    ...store.all('subscription').flatMap((record) => subscription(account, record)),
    ...store.all('setupToken').flatMap(setUp),
    ...store.all('capture').flatMap(capture),
    ...store.all('refund').flatMap(refund),
    ...store.all('dispute').flatMap(dispute),
  ];
}

function textOf({ amountMinor, currency }: Pick<MoneyResource, 'amountMinor' | 'currency'>): string {
  const { currency_code: code, value } = moneyOf(amountMinor, currency);
  return `${value} ${code}`;
}

function savedAccount({ customer, id }: PaymentTokenRecord): Decision {
  const choices = [choice('Remove', `payment-tokens/${id}/delete`)];
  return { kind: 'saved account', id, status: 'saved', about: `of ${customer.id}`, choices };
}

function setUp({ customer, id, status }: SetupTokenRecord): readonly Decision[] {
  if (status !== 'PAYER_ACTION_REQUIRED') return [];
  const choices = [choice('Approve', `setup-tokens/${id}/approve`)];
  return [{ kind: 'set-up', id, status, about: `of ${customer.id}`, choices }];
}

function capture(record: CaptureRecord): readonly Decision[] {
  const { id, orderId, status } = record;
  if (status !== 'PENDING') return [];
  const settle = (label: string, result: string): Choice =>
    choice(label, `captures/${id}/settle`, { result });
  const choices = [settle('The money arrives', 'completed'), settle('Deny it', 'denied')];
  const about = `${textOf(record)}${orderId === undefined ? '' : ` of ${orderId}`}`;
  return [{ kind: 'capture', id, status, about, choices }];
}

function refund(record: RefundRecord): readonly Decision[] {
  const { captureId, id, status } = record;
  if (status !== 'PENDING') return [];
  const settle = (label: string, result: string): Choice => choice(label, `refunds/${id}/settle`, { result });
  const choices = [
    settle('It arrives', 'completed'),
    settle('It fails', 'failed'),
    settle('Cancel', 'cancelled'),
  ];
  return [{ kind: 'refund', id, status, about: `${textOf(record)} of ${captureId}`, choices }];
}

function dispute(record: DisputeRecord): readonly Decision[] {
  const { captureId, id, stage, status } = record;
  if (status === 'RESOLVED') return [];
  const close = (label: string, outcome: string): Choice =>
    choice(label, `disputes/${id}/close`, { outcome });
  const choices = [
    ...(stage === 'INQUIRY' ? [choice('Escalate', `disputes/${id}/update`, { stage: 'CHARGEBACK' })] : []),
    close('The shop wins', 'won'),
    close('The buyer wins', 'lost'),
    close('The buyer gives up', 'canceled'),
  ];
  const kind = stage === 'INQUIRY' ? 'inquiry' : 'dispute';
  return [{ kind, id, status, about: `${textOf(record)} of ${captureId}`, choices }];
}

function subscription(account: Account, record: SubscriptionRecord): readonly Decision[] {
  const { failNext, id, status } = record;
  const about = failNext === 0 ? `of ${record.planId}` : `of ${record.planId}, the next ${failNext} fail`;
  const control = `subscriptions/${id}`;
  const choices: Readonly<Record<SubscriptionRecord['status'], () => readonly Choice[]>> = {
    APPROVAL_PENDING: () => [
      choice('Approve', `${control}/approve`),
      choice('Approve, the first charge fails', `${control}/approve`, { fail: 1 }),
    ],
    ACTIVE: () => [
      ...untilChoice('Next renewal', account.nowMs(), account.store.get('job', id)?.dueAtMs),
      failNext === 0
        ? choice('Let the next charge fail', `${control}/payments`, { fail: 1 })
        : choice('Let charges succeed', `${control}/payments`, { fail: 0 }),
      choice('Pause', `${control}/pause`),
      choice('Cancel', `${control}/cancel`),
    ],
    SUSPENDED: () => [choice('Resume', `${control}/resume`), choice('Cancel', `${control}/cancel`)],
    CANCELLED: () => [],
    EXPIRED: () => [],
  };
  const offered = choices[status]();
  return offered.length === 0 ? [] : [{ kind: 'subscription', id, status, about, choices: offered }];
}
