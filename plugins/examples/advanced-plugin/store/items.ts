/** Why points were booked. */
export type EntryKind = 'earned' | 'taken-back' | 'redeemed';

/** One booking of an account; what is taken is negative. */
export interface Entry {
  readonly tenant: string;
  /** Of the event or redemption that is booked: the same one has one entry. */
  readonly id: string;
  readonly kind: EntryKind;
  readonly points: number;
  readonly paymentId: string;
}

/** What happened in a month. Opening, earned, taken back and redeemed add up to closing. */
export interface Statement {
  /** From 1, without a gap. */
  readonly number: number;
  readonly month: string;
  readonly opening: number;
  readonly earned: number;
  readonly takenBack: number;
  readonly redeemed: number;
  readonly closing: number;
}

export interface Redemption {
  readonly id: string;
  readonly points: number;
  readonly paymentId: string;
  /** Of the request, when the client sent an `Idempotency-Key`. */
  readonly fingerprint: string | undefined;
}

/** Keys of the table; an account is a tenant's. */
export const keys = {
  account: (tenant: string) => ({ PK: `TENANT#${tenant}`, SK: 'ACCOUNT' }),
  entry: (tenant: string, month: string, id: string) => ({
    PK: `TENANT#${tenant}`,
    SK: `ENTRY#${month}#${id}`,
  }),
  statement: (tenant: string, month: string) => ({ PK: `TENANT#${tenant}`, SK: `STATEMENT#${month}` }),
  redemption: (tenant: string, id: string) => ({ PK: `TENANT#${tenant}`, SK: `REDEMPTION#${id}` }),
  takenBack: (tenant: string, paymentId: string) => ({
    PK: `TENANT#${tenant}#PAYMENT#${paymentId}`,
    SK: 'TAKEN',
  }),
  outbox: (tenant: string, month: string) => ({ PK: `TENANT#${tenant}`, SK: `EVT#${month}` }),
};

/** The statement of the entries after another one, which has closed the months before. */
export function statementOf(
  month: string,
  entries: readonly Entry[],
  before: Statement | undefined,
): Statement {
  const sum = (kind: EntryKind) =>
    entries.filter((entry) => entry.kind === kind).reduce((total, { points }) => total + points, 0);
  const opening = before?.closing ?? 0;
  const [earned, takenBack, redeemed] = [sum('earned'), sum('taken-back'), sum('redeemed')];
  const closing = opening + earned + takenBack + redeemed;
  return { number: (before?.number ?? 0) + 1, month, opening, earned, takenBack, redeemed, closing };
}
