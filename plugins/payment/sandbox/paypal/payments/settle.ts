import { emitCapture } from '../events.ts';
import type { CaptureRecord } from '../store/records.ts';
import { type Account, nowIso } from '../account.ts';
import { recountCaptures } from './authorizations.ts';

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
