import { isTerminal } from './model/state.ts';
import type { IdempotencyClaim, IdempotencyRecord } from '../store/idempotency.ts';
import type { PaymentView } from '../api/schemas.ts';
import { configuredNames } from '../providers/configured.ts';
import { providerBudgetMs } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { type StoredReply, storedAnswer } from '../engine/idempotency.ts';
import { resume } from './resume.ts';
import { retrieve } from './send.ts';
import { type Ended } from './started.ts';

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
