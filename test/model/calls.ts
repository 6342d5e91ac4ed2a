import { expect } from 'vitest';
import type { PaymentView } from '../../plugins/payment/api/schemas.ts';
import type { Answer } from '../unit/plugins/payment/plugin-under-test.ts';
import type { SystemUnderTest } from './system-under-test.ts';

export type Call = { readonly operation: string; readonly input: object; readonly key: string | undefined };

/** What a client of the payments knows, and may count on. */
export interface Model {
  readonly payments: string[];
  /** Calls made with a key, and the answer that must never change again. */
  readonly keyed: Map<string, Call & { answer?: unknown }>;
  /** The most that was ever captured. */
  readonly captured: Map<string, number>;
  /** Webhook events that were applied: each once. */
  readonly applied: Set<string>;
  calls: number;
}

export const newModel = (): Model => ({
  payments: [],
  keyed: new Map(),
  captured: new Map(),
  applied: new Set(),
  calls: 0,
});

/** How often something was seen over all runs: a test that never gets anywhere proves nothing. */
export type Seen = Map<string, number>;
export const see = (seen: Seen, what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

/** Makes a call and holds its answer against everything that was promised before. */
export async function call(
  system: SystemUnderTest,
  model: Model,
  made: Call,
  seen: Seen,
): Promise<Answer<PaymentView>> {
  if (made.key !== undefined && !model.keyed.has(made.key)) model.keyed.set(made.key, { ...made });
  const answer = await system.call(made.operation, made.input, made.key);
  const { body, status } = answer;
  see(seen, `${made.operation} ${status}`);
  const id = (body as { readonly paymentId?: string }).paymentId ?? body.id;
  if (id !== undefined && !model.payments.includes(id)) model.payments.push(id);
  if (answer.headers['Idempotent-Replayed'] === 'true') see(seen, 'replay');
  const known = made.key === undefined ? undefined : model.keyed.get(made.key);
  if (known === undefined || !isFinal(answer)) return answer;
  known.answer ??= withoutSecrets(answer);
  expect(withoutSecrets(answer), `repeated ${made.operation}`).toEqual(known.answer);
  return answer;
}

/** Answers that a key keeps. Others say that the same call may be made again. */
const isFinal = ({ status, headers }: Answer<PaymentView>): boolean =>
  status === 200 || status === 201 || status === 402 || headers['Idempotent-Replayed'] === 'true';

/** Client secret and next action are read anew for each replay, as long as there is something to confirm. */
function withoutSecrets({ status, body }: Answer<PaymentView>): unknown {
  const { clientSecret: _secret, nextAction: _action, ...rest } = body;
  return { status, body: rest };
}

export const newKey = (model: Model): string => `key-${(model.calls += 1)}`;
export const text = ({ status, body }: Answer<PaymentView>): string => `${status} ${JSON.stringify(body)}`;
