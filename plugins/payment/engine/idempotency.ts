import type { OperationContext } from '#runtime/contract/operation.ts';
import { problem } from '../errors.ts';
import type { Services } from '../services.ts';
import type {
  IdempotencyClaim,
  IdempotencyKey,
  IdempotencyRecord,
  StoredAnswer,
} from '../store/idempotency.ts';
import { lockUntil } from './flow.ts';
import { type Flow } from '../services.ts';
import { refusalProblem } from './call-provider.ts';

/** A stored success response. */
export type StoredReply = Extract<StoredAnswer, { readonly kind: 'reply' }>;

/** The response header of a replay. */
export const REPLAYED_HEADER = { 'Idempotent-Replayed': 'true' } as const;

/**
 * The claim on the idempotency key of a call; undefined without a key.
 * @throws ProblemError 400 when the configuration requires a key and there is none
 */
export function claimOf<I>(flow: Flow, context: OperationContext<I, Services>): IdempotencyClaim | undefined {
  const { idempotency, caller, services } = context;
  if (idempotency === undefined) {
    if (services.config.idempotency.required) throw problem('idempotency-key-missing');
    return undefined;
  }
  return { tenant: caller.tenant, subject: caller.subject, ...idempotency, lockUntil: lockUntil(flow) };
}

/**
 * The stored response of an idempotency key; undefined when the operation is still open and has to be resumed.
 * @throws ProblemError 422 for a different request, 409 while the first call runs, or the stored rejection
 */
export function storedAnswer(
  flow: Flow,
  claim: IdempotencyClaim,
  { fingerprint, answer, lockUntil: lockedUntil }: IdempotencyRecord,
): StoredReply | undefined {
  if (fingerprint !== claim.fingerprint && fingerprint !== claim.formerFingerprint)
    throw problem('idempotency-key-reused');
  if (answer?.kind === 'problem') throw refusalProblem(answer, REPLAYED_HEADER);
  if (answer === undefined && lockedUntil > flow.services.now().getTime())
    throw problem('idempotency-in-progress');
  return answer;
}

/** The key of the record that a claim writes. */
export const keyOf = ({ tenant, subject, key }: IdempotencyClaim): IdempotencyKey => ({
  tenant,
  subject,
  key,
});
