/** Who a saved account belongs to, in PayPal's words and the merchant's. */
export interface VaultCustomer {
  readonly id: string;
  readonly merchantCustomerId?: string | undefined;
}

/** What the merchant said of the wallet, shown again as it came. */
type WalletNotes = Readonly<Record<string, string | boolean>>;

/** A saved account that waits for its payer, or waited. */
export interface SetupTokenRecord {
  readonly id: string;
  readonly status: 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'VAULTED';
  readonly customer: VaultCustomer;
  readonly wallet: WalletNotes;
  readonly returnUrl?: string | undefined;
  readonly cancelUrl?: string | undefined;
  readonly createdAtMs: number;
}

/** A saved account of a payer. */
export interface PaymentTokenRecord {
  readonly id: string;
  readonly customer: VaultCustomer;
  readonly wallet: WalletNotes;
}
