import { type Account, isoTime, nowIso } from '../account.ts';
import { unprocessable, unprocessableAs } from '../api/errors.ts';
import { readBody } from '../api/input.ts';
import type { Call, Result } from '../api/route.ts';
import { stored } from '../api/stored.ts';
import { emitAuthorization, emitCapture } from '../events.ts';
import { newId } from '../ids.ts';
import { minorOf, moneyOf } from '../money.ts';
import { captureSchema } from '../orders/params.ts';
import { saveOrder } from '../orders/save.ts';
import type { AuthorizationRecord, CaptureRecord, OrderRecord } from '../store/records.ts';
import { authorizationView } from './authorization-view.ts';
import { captureMoney } from './captures.ts';

/** How long the money of an authorization can be captured. */
const AUTHORIZATION_LIFETIME_MS = 29 * 24 * 3_600_000;
const CAPTURES_MAX = 10;
/** More than was authorized can be captured: 15 % of it, at most this much in hundredths or whole units. */
const EXCESS_MAX_MINOR = 7500;

/** Holds the whole amount of an order. */
export function authorizeInFull(account: Account, order: OrderRecord): AuthorizationRecord {
  const at = nowIso(account);
  const dueAtMs = account.nowMs() + AUTHORIZATION_LIFETIME_MS;
  const made: AuthorizationRecord = {
    id: newId(),
    orderId: order.id,
    status: 'CREATED',
    expired: false,
    currency: order.currency,
    amountMinor: order.amountMinor,
    captureIds: [],
    customId: order.customId,
    invoiceId: order.invoiceId,
    createdAt: at,
    updatedAt: at,
    expiresAt: isoTime(dueAtMs),
  };
  account.store.put('authorization', made.id, made);
  account.store.put('job', made.id, { kind: 'expire-authorization', ref: made.id, dueAtMs });
  emitAuthorization(account, 'CREATED', made);
  return made;
}

/** `POST /v2/payments/authorizations/{id}/capture`: all that is left, or a part of it. */
export function captureAuthorization({ account, body }: Call, id: string): string {
  const params = readBody(captureSchema, body);
  const authorization = stored(account, 'authorization', id);
  refuseClosed(authorization);
  const { amountMinor, currency } = authorization;
  const leftMinor = amountMinor - capturedMinor(account, authorization);
  const wantedMinor = params.amount === undefined ? leftMinor : minorOf(params.amount, '/amount');
  if (params.amount !== undefined && params.amount.currency_code !== currency)
    throw unprocessable('AUTH_CAPTURE_CURRENCY_MISMATCH', '/amount/currency_code');
  const excessMinor = excessOf(amountMinor);
  if (wantedMinor <= 0 || wantedMinor > leftMinor + excessMinor) {
    throw unprocessableAs(
      'MAX_CAPTURE_AMOUNT_EXCEEDED',
      `Capture amount exceeds allowable limit: ${moneyOf(leftMinor + excessMinor, currency).value} ${currency} is left.`,
      '/amount/value',
    );
  }
  if (authorization.captureIds.length >= CAPTURES_MAX) throw unprocessable('MAX_CAPTURE_COUNT_EXCEEDED');
  const order = stored(account, 'order', authorization.orderId);
  const final = params.final_capture || wantedMinor >= leftMinor;
  const capturing = { order, authorization, amountMinor: wantedMinor, final, invoiceId: params.invoice_id };
  const made = captureMoney(account, capturing);
  saveOrder(account, order, { captureIds: [...order.captureIds, made.id] });
  recountCaptures(account, { ...authorization, captureIds: [...authorization.captureIds, made.id] });
  return made.id;
}

/** `POST /v2/payments/authorizations/{id}/void`: releases what is not captured. */
export function voidAuthorization(call: Call, id: string): Result {
  const authorization = stored(call.account, 'authorization', id);
  if (authorization.status === 'VOIDED') throw unprocessable('PREVIOUSLY_VOIDED');
  if (authorization.status === 'CAPTURED') throw unprocessable('PREVIOUSLY_CAPTURED');
  endAuthorization(call.account, authorization, false);
  return showVoided(call, id);
}

/** A voided authorization as the request wants to see it: by default nothing. */
export function showVoided({ representation, account }: Call, id: string): Result {
  if (!representation) return { status: 204, ref: id };
  return { status: 200, body: authorizationView(account, stored(account, 'authorization', id)), ref: id };
}

/** Ends an authorization that is still open, by the merchant's wish or by time. */
export function endAuthorization(
  account: Account,
  authorization: AuthorizationRecord,
  expired: boolean,
): void {
  account.store.delete('job', authorization.id);
  const ended = { ...authorization, status: 'VOIDED', expired, updatedAt: nowIso(account) } as const;
  account.store.put('authorization', ended.id, ended);
  emitAuthorization(account, 'VOIDED', ended);
}

/** Stores the authorization with the status that its captures give it. */
function recountCaptures(account: Account, authorization: AuthorizationRecord): void {
  const taken = capturesOf(account, authorization);
  const full =
    taken.some(({ final }) => final) || capturedMinor(account, authorization) >= authorization.amountMinor;
  const partial = taken.length > 0 ? 'PARTIALLY_CAPTURED' : 'CREATED';
  const status = full ? 'CAPTURED' : partial;
  account.store.put('authorization', authorization.id, {
    ...authorization,
    status,
    updatedAt: nowIso(account),
  });
}

/** By how much captures or a reauthorization may exceed the amount: 15 %, at most 75 units. */
export function excessOf(amountMinor: number): number {
  return Math.min(Math.floor((amountMinor * 15) / 100), EXCESS_MAX_MINOR);
}

/** Refuses what ended: by the merchant, by time, or because all was captured. */
export function refuseClosed({ expired, status }: AuthorizationRecord): void {
  if (status === 'VOIDED' && expired) throw unprocessable('AUTHORIZATION_EXPIRED');
  if (status === 'VOIDED') throw unprocessable('AUTHORIZATION_VOIDED');
  if (status === 'CAPTURED') throw unprocessable('AUTHORIZATION_ALREADY_CAPTURED');
}

/** Captures that took money or may still do. */
function capturesOf(account: Account, { captureIds }: AuthorizationRecord) {
  return captureIds
    .flatMap((id) => account.store.get('capture', id) ?? [])
    .filter(({ status }) => status !== 'DECLINED');
}

function capturedMinor(account: Account, authorization: AuthorizationRecord): number {
  return capturesOf(account, authorization).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

/** Ends a pending capture; undefined when it is not pending. */
export function settleCapture(
  account: Account,
  id: string,
  result: 'completed' | 'denied',
): CaptureRecord | undefined {
  const pending = account.store.get('capture', id);
  if (pending?.status !== 'PENDING') return undefined;
  account.store.delete('job', id);
  const { reason: _, ...rest } = pending;
  const status = result === 'completed' ? 'COMPLETED' : 'DECLINED';
  const settled: CaptureRecord = { ...rest, status, updatedAt: nowIso(account) };
  account.store.put('capture', id, settled);
  const authorization = account.store.get('authorization', settled.authorizationId ?? '');
  // A voided authorization stays voided, whatever becomes of its captures.
  if (authorization && authorization.status !== 'VOIDED') recountCaptures(account, authorization);
  emitCapture(account, result === 'completed' ? 'COMPLETED' : 'DENIED', settled);
  return settled;
}
