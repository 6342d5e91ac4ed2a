import { STATUS_OF_INTENT } from './rules.ts';
import type { Intent } from './provider-objects.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** The one that a pick means among those that there are. */
export const at = <T>(all: readonly T[], pick: number): T | undefined => all[pick % Math.max(1, all.length)];

/** Mostly a payment with something to capture or to cancel, now and then any. */
export async function targetOf(
  system: SystemUnderTest,
  payments: readonly string[],
  { kind, pick }: { readonly kind: 'capture' | 'cancel'; readonly pick: number },
): Promise<string | undefined> {
  if (pick % 4 === 0) return at(payments, pick);
  const open = kind === 'capture' ? ['requires_capture'] : ['requires_capture', 'requires_payment_method'];
  const ids = (await system.intents())
    .filter(({ status }) => open.includes(status))
    .flatMap(({ metadata }) => metadata['payment_id'] ?? []);
  const known = ids.filter((id) => payments.includes(id));
  return at(known, pick) ?? at(payments, pick);
}

/** The provider's object of an idle payment whose record is up to date. */
export async function foreseen(system: SystemUnderTest, id: string) {
  const payment = await system.record(id);
  const intent = await intentOf(system, id);
  if (payment === undefined || intent === undefined || payment.activeOp !== undefined) return undefined;
  if (payment.status !== STATUS_OF_INTENT[intent.status]) return undefined;
  return { intent, capturableMinor: payment.capturableMinor };
}

export const intentOf = async (system: SystemUnderTest, paymentId: string): Promise<Intent | undefined> =>
  (await system.intents()).find(({ metadata }) => metadata['payment_id'] === paymentId);
