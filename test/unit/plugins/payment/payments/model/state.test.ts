import { describe, expect, it } from 'vitest';
import {
  type PaymentStatus,
  type Transition,
  isTerminal,
  paymentStatuses,
  transition,
} from '../../../../../../plugins/payment/payments/model/state.ts';

// One row per status, one letter per next status in the order of `paymentStatuses`: s stay, m move, l late
// success, - refused.
const table: Readonly<Record<PaymentStatus, string>> = {
  initiating: 'smmmm-mmm',
  requires_action: '-smmm-mmm',
  approved: '-msmm-mmm',
  processing: '-m-smmmmm',
  authorized: '---msmmmm',
  partially_captured: '-----sm--',
  succeeded: '------s--',
  canceled: '----llls-',
  failed: '----lll-s',
};
const meaning: Readonly<Record<string, Transition>> = {
  s: 'stay',
  m: 'move',
  l: 'late_success',
  '-': 'refused',
};
const pairs = paymentStatuses.flatMap((from) =>
  paymentStatuses.map((to, index) => [from, to, meaning[table[from].charAt(index)]] as const),
);

describe('the state table', () => {
  it.each(pairs)('%s -> %s is %s', (from, to, expected) => {
    expect(transition(from, to)).toBe(expected);
  });

  it('reaches every status from initiating', () => {
    const reached = new Set<PaymentStatus>(['initiating']);
    for (const from of reached) {
      for (const to of paymentStatuses) if (transition(from, to) === 'move') reached.add(to);
    }
    expect([...reached].toSorted()).toEqual([...paymentStatuses].toSorted());
  });

  it('ends in succeeded, canceled and failed', () => {
    expect(paymentStatuses.filter(isTerminal)).toEqual(['succeeded', 'canceled', 'failed']);
  });
});
