import { operation } from '#runtime/contract/operation.ts';
import * as z from 'zod/mini';
import { isOpen } from '../engine/model/provider-command.ts';
import { isGoingOn } from './model/merge.ts';
import { isLive } from './model/subscription-status.ts';
import { paymentErrors, problem } from '../errors.ts';
import { TRIES_MAX, backOff } from '../engine/aggregate.ts';
import { aggregateReply } from '../engine/aggregate-reply.ts';
import { newCall } from '../engine/new-command.ts';
import { flowOf } from '../engine/flow.ts';
import { claimOf } from '../engine/idempotency.ts';
import { refusalProblem } from '../engine/call-provider.ts';
import { stateConflict } from '../engine/send-call.ts';
import { latestCall, subscriptionResumption } from './subscription-commands.ts';
import { repeatCall, settleCall, undertake } from '../engine/undertake.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { type SubscriptionView, subscriptionSchema } from './subscription-view.ts';
import { checkTime } from '../api/checks.ts';
import { findSubscription } from './find-subscription.ts';

const input = z.strictObject({ id: schema.customerId });

export const resumeSubscription = operation<z.infer<typeof input>, SubscriptionView, Services>({
  summary: 'Takes back that a subscription is to end with its period, or that it is paused',
  description:
    '409 invalid-state for one that goes on anyway, has not begun, has ended, or stands still because charges failed.',
  input,
  output: subscriptionSchema,
  errors: paymentErrors,
  idempotency: 'key',
  async run(context) {
    const { services } = context;
    const flow = flowOf(context);
    const claim = claimOf(flow, context);
    const it = (id: string) => subscriptionResumption(flow, id);
    const reply = { pathOf: ({ id }: SubscriptionView) => `/subscriptions/${id}` };
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const found = await findSubscription(context);
      const { id, call, status } = found;
      // What the key has begun is answered whatever has become of the subscription since.
      const record = claim && (await services.store.record(claim));
      if (claim && record) return aggregateReply(it(id), await repeatCall(flow, claim, record, it), reply);
      checkTime(flow);
      const before = { root: found, parts: [] };
      if (isOpen(call)) {
        // A crashed call is settled first; what it left decides what is still to do.
        const open = latestCall(flow, found);
        const settled = await settleCall(flow, open, before);
        const isOurs = call.kind === 'resume' && claim === undefined;
        if (isOurs) return aggregateReply(open, { kind: 'ended', ...settled }, reply);
        if (settled.status !== 202) continue;
        throw problem('operation-in-progress', { extensions: { subscriptionId: id } });
      }
      if (!isLive(status) || status === 'unpaid' || isGoingOn(found))
        throw refusalProblem(stateConflict(it(id), before));
      const root = { ...found, call: newCall(flow, 'resume', id, call.attempt + 1) };
      const next = { root, parts: [] };
      const ended = await undertake(flow, claim, it, { before, next, operationId: id });
      if (ended !== 'stale') return aggregateReply(it(id), ended, reply);
      await backOff(tries);
    }
    throw problem('contention');
  },
});
