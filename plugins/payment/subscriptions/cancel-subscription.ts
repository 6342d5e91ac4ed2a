import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { isOpen } from '../engine/model/provider-command.ts';
import { isCanceled } from './model/merge.ts';
import { hasEnded } from './model/subscription-status.ts';
import { paymentErrors, problem } from '../errors.ts';
import { TRIES_MAX, backOff } from '../engine/aggregate.ts';
import { aggregateReply } from '../engine/aggregate-reply.ts';
import { newCall } from '../engine/new-command.ts';
import { flowOf } from '../engine/flow.ts';
import { refusalProblem } from '../engine/call-provider.ts';
import { stateConflict } from '../engine/send-call.ts';
import { latestCall, subscriptionCancellation } from './subscription-commands.ts';
import { settleCall, undertake } from '../engine/undertake.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { type SubscriptionView, subscriptionSchema, subscriptionView } from './subscription-view.ts';
import { checkTime } from '../api/checks.ts';
import { findSubscription } from './find-subscription.ts';

const input = z.strictObject({
  id: schema.customerId,
  /** True: it ends with the period that is paid for. False, the default: it ends now. */
  atPeriodEnd: z.optional(z.boolean()),
});

export const cancelSubscription = operation<z.infer<typeof input>, SubscriptionView, Services>({
  summary: 'Ends a subscription, now or with its period; a second time changes nothing',
  input,
  output: subscriptionSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const { services, input: given } = context;
    const flow = flowOf(context);
    const atPeriodEnd = given.atPeriodEnd ?? false;
    const it = (id: string) => subscriptionCancellation(flow, id);
    const reply = { pathOf: ({ id }: SubscriptionView) => `/subscriptions/${id}` };
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const found = await findSubscription(context);
      const { id, call } = found;
      const provider = await services.provider(found.provider as ProviderName);
      if (atPeriodEnd && !provider.capabilities.cancelAtPeriodEnd) {
        const detail = 'This provider ends subscriptions at once only: leave out atPeriodEnd.';
        throw problem('capability-unsupported', { detail, extensions: { provider: provider.name } });
      }
      if (isCanceled(found, atPeriodEnd)) return ok(subscriptionView(found));
      if (hasEnded(found.status)) throw refusalProblem(stateConflict(it(id), { root: found, parts: [] }));
      checkTime(flow);
      const before = { root: found, parts: [] };
      if (isOpen(call)) {
        // A crashed create or cancel is settled first; what it left decides what is still to do.
        const open = latestCall(flow, found);
        const settled = await settleCall(flow, open, before);
        if (settled.status !== 202) continue;
        if (call.kind !== 'cancel')
          throw problem('operation-in-progress', { extensions: { subscriptionId: id } });
        return aggregateReply(open, { kind: 'ended', ...settled }, reply);
      }
      const begun = newCall(flow, 'cancel', id, call.attempt + 1);
      const root = { ...found, call: begun, cancel: { atPeriodEnd } };
      const ended = await undertake(flow, undefined, it, {
        before,
        next: { root, parts: [] },
        operationId: id,
      });
      if (ended !== 'stale') return aggregateReply(it(id), ended, reply);
      await backOff(tries);
    }
    throw problem('contention');
  },
});
