/** Why requests that are well-formed cannot be done: PayPal's issues, and how it describes them. */
export const ISSUES = {
  AUTHORIZATION_ALREADY_CAPTURED: 'Authorization has already been captured.',
  AUTHORIZATION_AMOUNT_EXCEEDED:
    'The reauthorization amount exceeds the allowable limit of 115 % of the authorization.',
  AUTHORIZATION_EXPIRED: 'An expired authorization cannot be captured.',
  AUTHORIZATION_VOIDED: 'A voided authorization cannot be captured or reauthorized.',
  AUTH_CAPTURE_CURRENCY_MISMATCH: 'Currency of capture must be the same as currency of authorization.',
  AUTH_CURRENCY_MISMATCH:
    'The currency of the authorization must be the same as the currency in which the Order was created and approved.',
  CANNOT_BE_ZERO_OR_NEGATIVE: 'Must be greater than zero.',
  CAPTURE_FULLY_REFUNDED: 'The capture has already been fully refunded.',
  CURRENCY_MISMATCH: 'The currency code is different from the plan’s currency code.',
  CURRENCY_NOT_SUPPORTED: 'Currency code is not currently supported.',
  DECIMALS_NOT_SUPPORTED: 'Currency does not support decimals.',
  DECIMAL_PRECISION: 'If the currency supports decimals, only two decimal place precision is supported.',
  DUPLICATE_INVOICE_ID:
    'Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires ' +
    'that Invoice Id be unique for each transaction.',
  DUPLICATE_RESOURCE_IDENTIFIER: 'Duplicate resource identifier.',
  INSTRUMENT_DECLINED:
    'The instrument presented was either declined by the processor or bank, or it can’t be used for this payment.',
  INVALID_BILLING_CYCLE_SEQUENCE:
    'The billing cycle sequence should start with `1` and be consecutive, with the regular one last.',
  INVALID_CURRENCY_CODE: 'Currency code is invalid.',
  INVALID_TRIAL_BILLING_TOTAL_CYCLES: 'The total cycles of a trial billing cycle should be greater than 0.',
  MAX_CAPTURE_COUNT_EXCEEDED:
    'Maximum number of allowable captures has been reached. No additional captures are possible.',
  MAX_VALUE_EXCEEDED: 'Should be less than or equal to the maximum.',
  MISSING_REGULAR_BILLING_CYCLE: 'The plan should have a regular billing cycle.',
  MORE_THAN_TWO_TRIAL_BILLING_CYCLE_NOT_SUPPORTED: 'The plan can have at most two trial billing cycles.',
  MULTIPLE_REGULAR_BILLING_CYCLES_NOT_SUPPORTED: 'The plan can have at most one regular billing cycle.',
  ORDER_ALREADY_AUTHORIZED: 'Order already authorized.',
  ORDER_ALREADY_CAPTURED: 'Order already captured.',
  ORDER_EXPIRED: 'Order has expired.',
  ORDER_NOT_APPROVED:
    "Payer has not yet approved the Order for payment. Please redirect the payer to the 'rel':'approve' url.",
  PAYPAL_REQUEST_ID_PREVIOUSLY_USED: 'The PayPal-Request-Id has already been used for another request.',
  PENDING_CAPTURE: 'Cannot initiate a refund as the capture is pending.',
  PLAN_STATUS_INVALID: 'Invalid plan status for subscription creation.',
  PREVIOUSLY_CAPTURED: 'Authorization has been previously captured and hence cannot be voided.',
  PREVIOUSLY_VOIDED: 'Authorization has been previously voided and hence cannot be voided again.',
  REAUTHORIZATION_NOT_SUPPORTED:
    'A reauthorize cannot be attempted on an authorization_id that is the result of a prior reauthorization or ' +
    'that was captured in part.',
  REAUTHORIZATION_TOO_SOON:
    'A reauthorization is only allowed once from day four to day 29 after the date of the original authorization.',
  REFUND_AMOUNT_EXCEEDED:
    'The refund amount must be less than or equal to the capture amount that has not yet been refunded.',
  REFUND_CAPTURE_CURRENCY_MISMATCH: 'Refund must be in the same currency as the capture.',
  REFUND_NOT_ALLOWED: 'A capture that was declined cannot be refunded.',
  REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK:
    'Refunds not allowed on this capture due to a chargeback on the card or bank.',
  REFUND_TIME_LIMIT_EXCEEDED: 'You are over the time limit to perform a refund on this capture.',
  SETUP_TOKEN_ALREADY_USED: 'The setup token was used already.',
  SETUP_TOKEN_NOT_APPROVED: 'The payer has not approved the setup token.',
  SUBSCRIPTION_CANNOT_HAVE_QUANTITY:
    'Subscription can’t have quantity as the plan does not support quantity.',
  TRANSACTION_DISPUTED:
    'Partial refunds cannot be offered at this time because there is an open case on this transaction.',
} as const;
