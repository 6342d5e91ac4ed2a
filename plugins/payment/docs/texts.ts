/** Descriptions of fields that several schemas share. */
export const texts = {
  createdAt: 'When it was created.',
  updatedAt: 'When it last changed.',
  version: 'Incremented with every change.',
  provider: 'The provider that holds its object.',
  currency: 'ISO 4217, three letters, lower case.',
  amountMajor: 'Amount in major units of the currency, such as dollars: `19.99`.',
  amountMinor: 'Amount in minor units of the currency by ISO 4217, such as cents: `1999`.',
  cursor: 'The `cursor` of the next page; null on the last one.',
  metadata: 'Your own texts, by key.',
  operation: 'The latest call to the provider about it, with its status.',
  flags: 'Conditions that a person should know of, such as `mismatch` or `needs_review`. More may be added.',
  actionType: 'What the payer has to do, such as `redirect`.',
  actionUrl: 'Where to send the payer.',
  clientSecret:
    "Lets the payer's browser confirm at Stripe. A secret of this payer; null when there is nothing to confirm.",
  giveAmount:
    'Amount in major units of the currency, such as dollars: `19.99`. A number is read as the shortest decimal that ' +
    'represents it; refused when the currency cannot represent it exactly.',
  giveAmountMinor:
    'Amount in minor units of the currency by ISO 4217, such as cents: `1999`. Give this or `amount`. As a GraphQL ' +
    'Int it is at most 2147483647; give larger amounts as `amount`.',
  giveMetadata:
    'Your own texts, by key: at most 45 keys of 1 to 40 characters in any script, without control characters, [ and ]. ' +
    'Card numbers are refused.',
  returnUrl: 'Where the provider redirects the payer afterwards.',
  page: 'The size of the page, at most 100.',
  givenCursor: 'The `cursor` of the previous page.',
  paymentId: 'The payment.',
  customerId: 'The customer.',
  subscriptionId: 'The subscription.',
  event: "The provider's id of its event.",
} as const;
