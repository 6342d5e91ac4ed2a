import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Json } from '#testing/client.ts';
import type { Case, Flow, Recovery } from './flows.ts';
import { until, type LocalSystem } from './local-system.ts';

/** An operation that was never sent is failed a minute after the end of its lock of half a minute. */
const VERIFIED_WITHIN_MS = 150_000;
const REPEATED_WITHIN_MS = 90_000;
const DELIVERED_WITHIN_MS = 300_000;
const POLL_MS = 1_000;
const VERIFY_EVERY_MS = 2_000;

/** What the caller saw in the end. */
export interface Recovered {
  readonly answer: Answer | undefined;
  /** The answer to the same call once more. */
  readonly replay: Answer | undefined;
  readonly complaints: readonly string[];
}

/** Lets the parties do what each of them does after a crash. */
export async function recover(
  system: LocalSystem,
  flow: Flow,
  one: Case,
  recovery: Recovery,
): Promise<Recovered> {
  const complaints: string[] = [];
  if (recovery === 'webhook') await redeliver(system, one);
  if (recovery === 'verify' && !(await verified(system, one))) complaints.push('verify does not settle it');
  if (recovery === 'reconciler' && !(await isSettled(system, flow, one)))
    complaints.push('the reconciler does not settle it');
  const answer = await repeated(system, flow, one);
  if (answer.status >= 300)
    complaints.push(`the retry ends with ${answer.status} ${JSON.stringify(answer.body)}`);
  if (!flow.replays) return { answer, replay: undefined, complaints };
  return { answer, replay: await flow.run(system, one), complaints };
}

/** The caller repeats its call as the answers tell it to. */
async function repeated(system: LocalSystem, flow: Flow, one: Case): Promise<Answer> {
  for (const deadline = Date.now() + REPEATED_WITHIN_MS; ;) {
    const answer = await flow.run(system, one);
    const retryAfter = answer.headers.get('retry-after');
    const open =
      answer.status >= 500 || answer.status === 202 || (answer.status === 409 && retryAfter !== null);
    if (!open || Date.now() > deadline) return answer;
    await sleep(Number(retryAfter ?? 1) * 1_000);
  }
}

/** The provider delivers everything again that it has to say about the payment. */
async function redeliver(system: LocalSystem, { paymentId }: Case): Promise<void> {
  if (paymentId === undefined) return;
  const refs = (await intentsOf(system)).filter(({ metadata }) => metadata.payment_id === paymentId);
  const { deliveries } = await system.sandbox('GET', '/webhooks');
  const ours = deliveries.filter(({ object }: Json) => refs.some(({ id }) => id === object));
  const sent: string[] = [];
  for (const { event } of ours)
    sent.push((await system.sandbox('POST', '/webhooks/resend', { id: event })).id);
  await until(
    () => system.sandbox('GET', '/webhooks'),
    ({ deliveries: now }) =>
      sent.every((id) => now.find((delivery: Json) => delivery.id === id)?.state === 'delivered'),
    DELIVERED_WITHIN_MS,
    POLL_MS,
  );
}

/** @returns whether nothing is open although nobody but the reconciler has done anything */
async function isSettled(system: LocalSystem, flow: Flow, { paymentId }: Case): Promise<boolean> {
  if (paymentId === undefined) return true;
  const { body } = await system.api('GET', `/payments/${paymentId}`);
  const isClosed = ['succeeded', 'failed'].includes(body.operation.status) && body.refundPendingMinor === 0;
  // A flow without a replay was caused at the provider: it has arrived once the status shows it.
  return isClosed && (flow.replays || body.status === flow.end.status);
}

/** @returns whether no operation is left open */
async function verified(system: LocalSystem, { paymentId }: Case): Promise<boolean> {
  if (paymentId === undefined) return true;
  const settled = await until(
    () => system.api('POST', `/payments/${paymentId}/verify`),
    ({ status, body }) => status === 200 && ['succeeded', 'failed'].includes(body.operation.status),
    VERIFIED_WITHIN_MS,
    VERIFY_EVERY_MS,
  );
  return settled !== undefined;
}

/** Everything that was held back is delivered, and what fails again later. @returns whether all got through */
export async function deliverAll(system: LocalSystem): Promise<boolean> {
  await system.sandbox('POST', '/webhooks', { mode: 'auto' });
  await system.sandbox('POST', '/webhooks/flush');
  const done = await until(
    () => system.sandbox('GET', '/webhooks'),
    ({ deliveries }) => deliveries.every(({ state }: Json) => state === 'delivered'),
    DELIVERED_WITHIN_MS,
    POLL_MS,
  );
  return done !== undefined;
}

/** All PaymentIntents of the provider. */
export const intentsOf = (system: LocalSystem): Promise<readonly Json[]> => listOf(system, 'payment_intents');
export const refundsOf = (system: LocalSystem): Promise<readonly Json[]> => listOf(system, 'refunds');

async function listOf(system: LocalSystem, objects: string): Promise<readonly Json[]> {
  const all: Json[] = [];
  for (let after = ''; ;) {
    const page = await system.provider(`/v1/${objects}?limit=100${after}`);
    all.push(...page.data);
    if (!page.has_more) return all;
    after = `&starting_after=${page.data.at(-1).id}`;
  }
}
