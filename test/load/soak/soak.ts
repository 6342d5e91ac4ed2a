import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '#testing/client.ts';
import { startSystem } from '../../support/system.ts';
import { checkInvariants, type Finding } from '../invariants.ts';
import { line, listed, reportFindings } from '../report.ts';
import { type Target, targetOf } from '../system.ts';
import { type Bought, buy } from './buyer.ts';
import { disturb } from './disturbances.ts';
import { createMemoryLog } from './memory.ts';
import { createTimeline } from './timeline.ts';
import { sendWebhooks, type WebhookSender } from './webhooks.ts';

const THINK_MAX_MS = 400;
/** So often events are fetched, of which the system keeps a bounded number. */
const OBSERVATIONS = 20;
/** What is in doubt is asked about after a minute, then less often. */
const RECONCILED_AFTER = ['2m', '10m', '30m', '2h'];
/** The rule of the loyalty plugin, whose balance says whether every event took effect once. */
const MINOR_UNITS_PER_POINT = 100;
/** A message that was not handled is hidden for a minute, six times the timeout of its function. */
const TAKEN_WITHIN_MS = 150_000;

/**
 * Buyers for some minutes while everything else happens as well; then all that was begun is brought to its end and held
 * against what the providers, the event bus and a subscriber have.
 * @returns whether nothing was lost or doubled, no answer was wrong and every process has ended
 */
export async function soak(minutes: number, clients: number): Promise<boolean> {
  const totalMs = minutes * 60_000;
  const system = await startSystem();
  const target = targetOf(system);
  const memory = createMemoryLog(system.pid);
  const bought: Bought[] = [];
  const surprises = new Map<string, number>();
  let findings: readonly Finding[] = [];
  let orphans = '';
  try {
    await target.api('POST', '/plugins/load', { name: 'advanced-plugin' });
    await target.paypal('POST', '/webhooks', { mode: 'duplicate' });
    const timeline = createTimeline(totalMs);
    const webhooks = await sendWebhooks(target, timeline);
    const shop = { target, timeline, bought, surprises };
    // What starts late, such as the first environment of each function, is no growth.
    await Promise.all(Array.from({ length: clients }, () => buy(shop)));
    memory.take('start');
    const disturbances = await disturb(target, totalMs);
    const untilMs = Date.now() + totalMs;
    const client = async () => {
      while (Date.now() < untilMs) {
        await buy(shop);
        await sleep(Math.random() * THINK_MAX_MS);
      }
    };
    const observer = async () => {
      for (let step = 1; step <= OBSERVATIONS; step += 1) {
        await sleep(totalMs / OBSERVATIONS);
        await target.busEvents();
        if (step === OBSERVATIONS / 2) memory.take('middle');
      }
    };
    await Promise.all([observer(), ...Array.from({ length: clients }, client)]);
    memory.take('end');
    const done = await disturbances.end();
    const events = await settle(target, webhooks);
    findings = [...(await checkInvariants(target, bought)), await pointsOnce(target)];
    line(
      `## Soak: ${minutes} minutes, ${clients} clients, ${bought.length} payments, ${events} events of Stripe`,
    );
    timeline.report();
    line('\nIn between:');
    for (const [what, times] of done) line(`- ${times} ${what}`);
    memory.report();
  } finally {
    orphans = await system.stop().then(
      () => '',
      (error: unknown) => String(error),
    );
  }
  reportFindings([
    ...findings,
    {
      rule: 'no answer that a client does not expect',
      checked: bought.length,
      broken: surprises.size === 0 ? [] : [listed(surprises)],
    },
    { rule: 'no process outlives the system', checked: 1, broken: orphans === '' ? [] : [orphans] },
  ]);
  return orphans === '' && surprises.size === 0 && findings.every(({ broken }) => broken.length === 0);
}

/** Loads everything, delivers what is under way, and lets the time pass that reconciliation takes. */
async function settle(target: Target, webhooks: WebhookSender): Promise<number> {
  for (const name of ['payment', 'advanced-plugin']) await target.api('POST', '/plugins/load', { name });
  await target.paypal('POST', '/webhooks/flush');
  const events = await webhooks.end();
  for (const advance of RECONCILED_AFTER) await target.api('POST', '/dev/clock', { advance });
  return events;
}

/** Points are booked once for each payment and refund, whatever was delivered how often. */
async function pointsOnce(target: Target): Promise<Finding> {
  const points = (minor: number) => Math.floor(minor / MINOR_UNITS_PER_POINT);
  const payments = await target.listed();
  const expected = payments.reduce(
    (sum, { capturedMinor, refundedMinor }) => sum + points(capturedMinor) - points(refundedMinor),
    0,
  );
  const rule = 'the subscriber has taken every event once';
  const balance = async (): Promise<number> => (await target.api('GET', '/loyalty/points')).body.points;
  try {
    await eventually(balance, (now) => now === expected, TAKEN_WITHIN_MS);
    return { rule, checked: payments.length, broken: [] };
  } catch {
    return { rule, checked: payments.length, broken: [`${await balance()} points of ${expected}`] };
  }
}
