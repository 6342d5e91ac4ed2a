import type { OperationContext } from '#runtime/contract/operation.ts';
import { isTerminal } from '../payments/model/state.ts';
import { problem } from '../errors.ts';
import type { Services } from '../services.ts';
import type {
  IdempotencyClaim,
  IdempotencyRecord,
  StoredAnswer,
} from '../payments/persistence/payment-store.ts';
import type { PaymentView } from '../api/schemas.ts';
import { configuredNames } from '../providers/configured.ts';
import { type Flow, lockUntil, providerBudgetMs } from './flow.ts';
import { refusalProblem } from './call-provider.ts';
import { resume } from '../payments/resume.ts';
import { type Ended, retrieve } from '../payments/send.ts';

/** A call whose key was seen before: the first answer again, or what came of carrying on. */
export type Repeated =
  | { readonly kind: 'replayed'; readonly answer: Replayed }
  | { readonly kind: 'resumed'; readonly ended: Ended };

export interface Replayed {
  readonly status: number;
  readonly view: PaymentView;
  /** The provider's object, read again for the secrets that are never stored. */
  readonly snapshot: Awaited<ReturnType<typeof retrieve>> | undefined;
}

type StoredReply = Extract<StoredAnswer, { readonly kind: 'reply' }>;

export const REPLAYED_HEADER = { 'Idempotent-Replayed': 'true' } as const;

/**
 * The claim that a call makes with its key. @throws ProblemError 400 when configuration demands a key and there
 * is none
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
 * What a key that has a record was answered, or `undefined` when its call is to be carried on. @throws ProblemError
 * 422 for another request, 409 while the first call runs, or the refusal that was kept
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

/**
 * Deals with a key that has a record. @throws ProblemError 422 for another request, 409 while the first call
 * runs
 */
export async function repeat(
  flow: Flow,
  claim: IdempotencyClaim,
  record: IdempotencyRecord,
): Promise<Repeated> {
  const answer = storedAnswer(flow, claim, record);
  if (answer !== undefined) return { kind: 'replayed', answer: await replay(flow, answer) };
  const { tenant, subject, key } = claim;
  return { kind: 'resumed', ended: await resume(flow, { tenant, subject, key }, record) };
}

async function replay(flow: Flow, answer: StoredReply): Promise<Replayed> {
  const view = answer.body as PaymentView;
  const ref = answer.status === 201 && !isTerminal(view.status) ? view.providerRef : null;
  const snapshot = ref === null ? undefined : await lookForSecrets(flow, view.provider, ref);
  return { status: answer.status, view, snapshot };
}

/**
 * The provider's object with its secrets; undefined where this deployment does not use the provider any more, or no
 * time is left to ask: the stored answer stands without them. @throws ProblemError 503 when the provider fails
 */
async function lookForSecrets(flow: Flow, name: string, ref: string) {
  const { config } = flow.services;
  const used = configuredNames(config).some((each) => each === name);
  return used && providerBudgetMs(flow) !== undefined ? retrieve(flow, name, ref) : undefined;
}
