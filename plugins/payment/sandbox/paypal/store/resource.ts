/** What every resource has; times are ISO 8601 on the sandbox's clock. */
export interface Resource {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A resource about money: an amount in minor units, and the merchant's labels, undefined when they were not sent. */
export interface MoneyResource extends Resource {
  readonly currency: string;
  readonly amountMinor: number;
  readonly customId?: string | undefined;
  readonly invoiceId?: string | undefined;
}
