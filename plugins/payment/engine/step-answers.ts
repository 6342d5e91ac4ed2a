import { type StoredRefusal, credentialsError, unavailable } from './call-provider.ts';
import type { Answer } from './durable-operation.ts';
import type { StepOutcome } from './provider-step.ts';

type Refused = Extract<StepOutcome<unknown>, { readonly kind: 'refused' }>;

/** What became of a step; a refusal with the answer to it, as it is stored. */
export type AnsweredOutcome<A> =
  | Exclude<StepOutcome<A>, Refused>
  | (Refused & { readonly refusal: StoredRefusal });

/** The outcome with the answer to its refusal, where it is one. */
export async function withRefusal<A>(
  outcome: StepOutcome<A>,
  refusalOf: (details: Refused['details']) => Promise<StoredRefusal>,
): Promise<AnsweredOutcome<A>> {
  return outcome.kind === 'refused' ? { ...outcome, refusal: await refusalOf(outcome.details) } : outcome;
}

/** The answer to a step that the provider has not done. */
export function failureAnswer(
  outcome: Extract<AnsweredOutcome<unknown>, { readonly kind: 'refused' | 'not-sent' | 'in-doubt' }>,
): Answer {
  switch (outcome.kind) {
    case 'refused':
      return outcome.refusal;
    case 'not-sent':
      return { kind: 'released', error: unavailable(outcome.result) };
    case 'in-doubt':
      return { kind: 'in_doubt', error: credentialsError(outcome.result) };
  }
}
