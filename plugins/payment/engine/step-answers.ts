import { type StoredRefusal, credentialsError, unavailable } from './call-provider.ts';
import type { Answer } from './durable-operation.ts';
import type { StepOutcome } from './provider-step.ts';

type Refused = Extract<StepOutcome<unknown>, { readonly kind: 'refused' }>;

/** The outcome of a step; a rejection carries its stored response to the client. */
export type AnsweredOutcome<A> =
  | Exclude<StepOutcome<A>, Refused>
  | (Refused & { readonly refusal: StoredRefusal });

/** Adds the response to a rejection; other outcomes are unchanged. */
export async function withRefusal<A>(
  outcome: StepOutcome<A>,
  refusalOf: (details: Refused['details']) => Promise<StoredRefusal>,
): Promise<AnsweredOutcome<A>> {
  return outcome.kind === 'refused' ? { ...outcome, refusal: await refusalOf(outcome.details) } : outcome;
}

/** The response to a step that the provider has not executed, or not known to have. */
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
