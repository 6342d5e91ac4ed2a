import type { Failure } from './snapshot.ts';

/** Why the last attempt to pay did not work, for clients. */
export interface LastError {
  /** The provider's code, or ours where it gives none. */
  readonly code: string;
  /** The bank's reason, where the provider passes it on. For the merchant, not for the payer. */
  readonly declineCode?: string;
  /** A text that may be shown to the payer. */
  readonly message: string;
}

const OTHER_METHOD = 'The payment was declined. Please use another payment method.';
const TRY_AGAIN = 'The payment could not be processed. Please try again.';

/**
 * Texts for payers by the codes of Stripe and PayPal. They are ours, because provider messages may hold personal
 * data. Fraud, theft and risk get the text of a generic decline, as both providers require.
 */
const MESSAGES: Readonly<Record<string, string>> = {
  insufficient_funds: 'There are not enough funds for this payment. Please use another payment method.',
  expired_card: 'The card has expired. Please use another card.',
  CARD_EXPIRED: 'The card has expired. Please use another card.',
  incorrect_cvc: "The card's security code is incorrect. Please check it and try again.",
  invalid_cvc: "The card's security code is incorrect. Please check it and try again.",
  incorrect_number: 'The card number is incorrect. Please check it and try again.',
  invalid_number: 'The card number is incorrect. Please check it and try again.',
  incorrect_zip: 'The postal code does not fit the card. Please check it and try again.',
  card_not_supported: 'The card does not support this payment. Please use another card.',
  currency_not_supported: 'The card does not support this currency. Please use another card.',
  card_velocity_exceeded: 'The limit of the card is exceeded. Please use another payment method.',
  withdrawal_count_limit_exceeded: 'The limit of the card is exceeded. Please use another payment method.',
  TRANSACTION_LIMIT_EXCEEDED: 'The limit of the account is exceeded. Please use another payment method.',
  authentication_required: 'The payment has to be authenticated. Please try again and confirm it.',
  payment_intent_authentication_failure: 'The payment was not authenticated. Please try again.',
  authentication_not_handled: 'The payment has to be authenticated. Please try again and confirm it.',
  issuer_not_available: TRY_AGAIN,
  processing_error: TRY_AGAIN,
  reenter_transaction: TRY_AGAIN,
  try_again_later: TRY_AGAIN,
};

/** The failure of an attempt as clients see it. */
export function lastErrorOf({ code, declineCode }: Failure): LastError {
  const message = MESSAGES[declineCode ?? ''] ?? MESSAGES[code] ?? OTHER_METHOD;
  return { code, ...(declineCode !== undefined && { declineCode }), message };
}
