/** Texts of members that many schemas have. */
export const texts = {
  createdAt: 'When it was created.',
  updatedAt: 'When it last changed.',
  version: 'Grows by one with every change.',
  provider: 'The provider that it lives at.',
  currency: 'ISO 4217, three letters, lower case.',
  amountMajor: 'Amount in major units of the currency, such as dollars: `19.99`.',
  amountMinor: 'Amount in minor units of the currency by ISO 4217, such as cents: `1999`.',
  cursor: 'Give it back as `cursor` for the next page; null on the last one.',
  metadata: 'Your own texts, by key; the provider keeps them with its object.',
  operation: 'The latest call to the provider about it, and what became of it.',
  flags: 'What a person should know, such as `mismatch` or `needs_review`. More may be added.',
  actionType: 'What the payer has to do, such as `redirect`.',
  actionUrl: 'Where to send the payer.',
  clientSecret:
    "Lets the payer's browser confirm at Stripe. A secret of this payer; null when nothing is to confirm.",
  giveAmount:
    'Amount in major units of the currency, such as dollars: `19.99`. A number is read as the shortest decimal that ' +
    'names it; refused when the currency cannot hold it exactly.',
  giveAmountMinor:
    'Amount in minor units of the currency by ISO 4217, such as cents: `1999`. Give this or `amount`. As a GraphQL ' +
    'Int it ends at 2147483647; more goes through `amount`.',
  giveMetadata:
    'Your own texts, by key: at most 45 keys of 1 to 40 characters in any script, without control characters, [ and ]. ' +
    'Card numbers are refused.',
  returnUrl: 'Where the provider sends the payer back to.',
  page: 'How many to answer with, at most 100.',
  givenCursor: 'The `cursor` of the page before.',
  paymentId: 'The payment.',
  customerId: 'The customer.',
  subscriptionId: 'The subscription.',
  event: "The provider's id of its event.",
} as const;
