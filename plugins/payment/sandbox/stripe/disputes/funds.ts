import type Stripe from 'stripe';
import { type Cause, nowSeconds } from '../account.ts';
import { save } from '../events.ts';
import { newId } from '../ids.ts';
import { idOf } from '../methods/methods.ts';

const FEE_MINOR = 1500;

/** Takes the disputed money away or gives it back, as the dispute's balance transactions and an event say. */
export function moveFunds(
  cause: Cause,
  dispute: Stripe.Dispute,
  direction: 'withdrawn' | 'reinstated',
): Stripe.Dispute {
  const { account } = cause;
  const withdrawn = direction === 'withdrawn';
  const amount = withdrawn ? -dispute.amount : dispute.amount;
  const fee = withdrawn ? FEE_MINOR : 0;
  const { currency } = dispute;
  const entry: Stripe.BalanceTransaction = {
    id: newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: nowSeconds(account),
    balance_type: 'payments',
    created: nowSeconds(account),
    currency,
    description: `Chargeback ${withdrawn ? 'withdrawal' : 'reversal'} for ${idOf(dispute.charge)}`,
    exchange_rate: null,
    fee,
    fee_details: withdrawn
      ? [{ amount: fee, application: null, currency, description: 'Dispute fee', type: 'stripe_fee' }]
      : [],
    net: amount - fee,
    reporting_category: withdrawn ? 'dispute' : 'dispute_reversal',
    source: dispute.id,
    status: 'available',
    type: 'adjustment',
  };
  const moved = { ...dispute, balance_transactions: [...dispute.balance_transactions, entry] };
  return save(cause, `charge.dispute.funds_${direction}`, moved);
}
