import { readFileSync } from 'node:fs';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Readonly<Record<string, AttributeValue>>;

/** A payment of the real engine and sandbox, for functions that are measured without either. */
export interface PaidPayment {
  readonly id: string;
  /** Every item of the table, before the webhook of its success was applied. */
  readonly items: readonly Item[];
  /** What Stripe answers about it, by path. */
  readonly provider: Readonly<Record<string, unknown>>;
  /** The delivery that says so, as it comes over the wire. */
  readonly webhook: { readonly body: string; readonly signature: string; readonly receivedAtMs: number };
}

/** Reads what {@link PaidPayment} was written to; a measured process loads nothing more. */
export const readPaidPayment = (file: string): PaidPayment =>
  JSON.parse(readFileSync(file, 'utf8')) as PaidPayment;
