import * as z from 'zod/mini';
import { type Account, nowIso } from '../account.ts';
import { unprocessable } from '../api/errors.ts';
import { readBody } from '../api/input.ts';
import type { Call } from '../api/route.ts';
import { stored } from '../api/stored.ts';
import { emitAuthorization } from '../events.ts';
import { newId } from '../ids.ts';
import { minorOf } from '../money.ts';
import { moneySchema } from '../orders/params.ts';
import { saveOrder } from '../orders/save.ts';
import type { AuthorizationRecord } from '../store/records.ts';
import { excessOf, refuseClosed } from './authorizations.ts';

/** How long the payer's bank is sure to pay what was authorized. */
const HONOR_PERIOD_MS = 3 * 24 * 3_600_000;

const reauthorizeSchema = z.object({ amount: z.optional(moneySchema) });

/** `POST /v2/payments/authorizations/{id}/reauthorize`: a new honor period under a new id, the same end. */
export function reauthorize({ account, body }: Call, id: string): string {
  const { amount } = readBody(reauthorizeSchema, body);
  const former = stored(account, 'authorization', id);
  refuseClosed(former);
  const amountMinor = amount === undefined ? former.amountMinor : minorOf(amount, '/amount');
  refuseReauthorization(account, former, amountMinor, amount?.currency_code ?? former.currency);
  const at = nowIso(account);
  const made = { ...former, id: newId(), amountMinor, renewed: true, createdAt: at, updatedAt: at };
  replaceAuthorization(account, former, made);
  const order = stored(account, 'order', former.orderId);
  const formerIds = [former.id, ...(order.formerIds ?? [])];
  saveOrder(account, order, { authorizationId: made.id, formerIds });
  emitAuthorization(account, 'CREATED', made);
  return made.id;
}

/** What one authorization held is now held by the other; that is not announced as a void. */
function replaceAuthorization(
  account: Account,
  former: AuthorizationRecord,
  made: AuthorizationRecord,
): void {
  account.store.put('authorization', made.id, made);
  account.store.put('authorization', former.id, { ...former, status: 'VOIDED', updatedAt: made.createdAt });
  const job = account.store.get('job', former.id);
  account.store.delete('job', former.id);
  if (job) account.store.put('job', made.id, { ...job, ref: made.id });
}

function refuseReauthorization(
  account: Account,
  former: AuthorizationRecord,
  amountMinor: number,
  currency: string,
): void {
  if (former.status !== 'CREATED' || former.renewed === true)
    throw unprocessable('REAUTHORIZATION_NOT_SUPPORTED');
  if (account.nowMs() < Date.parse(former.createdAt) + HONOR_PERIOD_MS)
    throw unprocessable('REAUTHORIZATION_TOO_SOON');
  if (currency !== former.currency) throw unprocessable('AUTH_CURRENCY_MISMATCH', '/amount/currency_code');
  if (amountMinor > former.amountMinor + excessOf(former.amountMinor))
    throw unprocessable('AUTHORIZATION_AMOUNT_EXCEEDED', '/amount/value');
}
