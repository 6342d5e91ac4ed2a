/** Why an attempt to charge fails; the words are Stripe's. */
export interface Decline {
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
  readonly adviceCode?: string;
  readonly networkDeclineCode?: string;
}

/** How charging a test payment method goes. */
export interface Magic {
  readonly type: 'card' | 'us_bank_account';
  readonly brand: string;
  readonly last4: string;
  readonly funding: 'credit' | 'debit';
  /** The payer must authenticate before the charge is tried. */
  readonly authenticate: boolean;
  /** The charge is pending first; `never` stays pending. */
  readonly settles?: 'later' | 'never';
  readonly decline?: Decline;
  /** The card can be saved, and is declined only when it is charged. */
  readonly declinesAfterAttaching?: boolean;
  /** A refund is pending first, or fails after it had succeeded. */
  readonly refunds?: 'later' | 'fail';
  /** The payer disputes what was captured. */
  readonly dispute?: { readonly reason: string; readonly inquiry: boolean };
}

const VISA: Magic = { type: 'card', brand: 'visa', last4: '4242', funding: 'credit', authenticate: false };
const BANK: Magic = { ...VISA, type: 'us_bank_account', brand: '', last4: '6789', funding: 'debit' };

const DO_NOT_TRY = 'do_not_try_again';
const LATER = 'try_again_later';
const DATA = 'confirm_card_data';

function declined(last4: string, decline: Decline): Magic {
  return { ...VISA, last4, decline };
}

/** What a bank says that gives no reason. */
export const GENERIC: Decline = {
  code: 'card_declined',
  declineCode: 'generic_decline',
  message: 'Your card was declined.',
  adviceCode: LATER,
  networkDeclineCode: '01',
};
const INSUFFICIENT: Decline = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
  adviceCode: LATER,
  networkDeclineCode: '51',
};
const stopped = (declineCode: string, networkDeclineCode: string): Decline => ({
  ...GENERIC,
  declineCode,
  networkDeclineCode,
  adviceCode: DO_NOT_TRY,
});
const own = (code: string, message: string, adviceCode: string): Decline => ({
  code,
  declineCode: code,
  message,
  adviceCode,
});

/** What an off-session charge of a card that must authenticate gets. */
export const AUTHENTICATION_REQUIRED: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

const CARDS: Readonly<Record<string, Magic>> = {
  visa: VISA,
  visa_debit: { ...VISA, last4: '5556', funding: 'debit' },
  mastercard: { ...VISA, brand: 'mastercard', last4: '4444' },
  amex: { ...VISA, brand: 'amex', last4: '8431' },
  chargeDeclined: declined('0002', GENERIC),
  chargeDeclinedInsufficientFunds: declined('9995', INSUFFICIENT),
  chargeDeclinedLostCard: declined('9987', stopped('lost_card', '41')),
  chargeDeclinedStolenCard: declined('9979', stopped('stolen_card', '43')),
  chargeDeclinedExpiredCard: declined('0069', own('expired_card', 'Your card has expired.', DO_NOT_TRY)),
  chargeDeclinedIncorrectCvc: declined(
    '0127',
    own('incorrect_cvc', "Your card's security code is incorrect.", DATA),
  ),
  chargeDeclinedProcessingError: declined(
    '0119',
    own(
      'processing_error',
      'An error occurred while processing your card. Try again in a little bit.',
      LATER,
    ),
  ),
  chargeCustomerFail: { ...declined('0341', GENERIC), declinesAfterAttaching: true },
  pendingRefund: { ...VISA, last4: '7726', refunds: 'later' },
  refundFail: { ...VISA, last4: '5126', refunds: 'fail' },
  createDispute: { ...VISA, last4: '0259', dispute: { reason: 'fraudulent', inquiry: false } },
  createDisputeProductNotReceived: {
    ...VISA,
    last4: '2685',
    dispute: { reason: 'product_not_received', inquiry: false },
  },
  createDisputeInquiry: { ...VISA, last4: '1976', dispute: { reason: 'fraudulent', inquiry: true } },
  authenticationRequired: { ...VISA, last4: '3184', authenticate: true },
  threeDSecureRequired: { ...VISA, last4: '3063', authenticate: true },
  threeDSecure2Required: { ...VISA, last4: '3220', authenticate: true },
  authenticationRequiredChargeDeclinedInsufficientFunds: {
    ...declined('1629', INSUFFICIENT),
    declinesAfterAttaching: true,
    authenticate: true,
  },
};

const BANKS: Readonly<Record<string, Magic>> = {
  pm_usBankAccount_success: { ...BANK, settles: 'later' },
  pm_usBankAccount_insufficientFunds: {
    ...BANK,
    last4: '2222',
    settles: 'later',
    decline: {
      code: 'payment_intent_payment_attempt_failed',
      declineCode: 'insufficient_funds',
      message: "The customer's account has insufficient funds to cover this payment.",
    },
  },
  pm_usBankAccount_processing: { ...BANK, last4: '0009', settles: 'never' },
};

/** Finds `pm_card_*`, `pm_usBankAccount_*` or `tok_*`; `visa_` before a card's behaviour changes nothing. */
export function findMagic(name: string): Magic | undefined {
  if (Object.hasOwn(BANKS, name)) return BANKS[name];
  const card = /^(?:pm_card_|tok_)(\w+)$/.exec(name)?.[1];
  if (card === undefined) return undefined;
  const key = Object.hasOwn(CARDS, card) ? card : card.replace(/^visa_/, '');
  return Object.hasOwn(CARDS, key) ? CARDS[key] : undefined;
}
