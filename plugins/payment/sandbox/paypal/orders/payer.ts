const NAME = { given_name: 'Sandbox', surname: 'Buyer' };
const EMAIL = 'buyer@example.com';
const ID = 'BUYERTEST2345';
const ADDRESS = { country_code: 'US' };

/** The one payer of the sandbox, as an order shows who approved it. */
export const PAYER = { name: NAME, email_address: EMAIL, payer_id: ID, address: ADDRESS };

/** The payer's account, as `payment_source.paypal` shows it. */
export const WALLET = {
  email_address: EMAIL,
  account_id: ID,
  account_status: 'VERIFIED',
  name: NAME,
  address: ADDRESS,
};

/** Who gets the money. */
export const PAYEE = { email_address: 'merchant@example.com', merchant_id: 'SELLERTEST234' };
