import { beginCommand, settleCommand } from '../engine/command.ts';
import { replyTo } from '../engine/reply.ts';
import { untilWritten } from '../engine/update.ts';
import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { isOpen } from '../engine/model/provider-command.ts';
import { isCanceled } from './model/merge.ts';
import { hasEnded } from './model/subscription-status.ts';
import { paymentErrors, problem } from '../errors.ts';
import { newCommand } from '../engine/new-command.ts';
import { flowOf } from '../engine/flow.ts';
import { refusalProblem } from '../engine/call-provider.ts';
import { stateConflict } from '../engine/command-answers.ts';
import { latestCommand, subscriptionAnswer, subscriptionCancellation } from './subscription-commands.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { type SubscriptionView, subscriptionSchema, subscriptionView } from './subscription-view.ts';
import { checkTime } from '../api/checks.ts';
import { findSubscription } from './find-subscription.ts';

const input = z.strictObject({
  id: schema.customerId,
  /** True: it ends with its paid period. False, the default: it ends now. */
  atPeriodEnd: z.optional(z.boolean()),
});

export const cancelSubscription = operation<z.infer<typeof input>, SubscriptionView, Services>({
  summary: 'Cancels a subscription, immediately or at the end of its period; repeating it changes nothing',
  input,
  output: subscriptionSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const { services, input: given } = context;
    const flow = flowOf(context);
    const atPeriodEnd = given.atPeriodEnd ?? false;
    return untilWritten(async () => {
      const found = await findSubscription(context);
      const { id, call } = found;
      const provider = await services.provider(found.provider as ProviderName);
      if (atPeriodEnd && !provider.capabilities.cancelAtPeriodEnd) {
        const detail = 'This provider ends subscriptions at once only: leave out atPeriodEnd.';
        throw problem('capability-unsupported', { detail, extensions: { provider: provider.name } });
      }
      if (isCanceled(found, atPeriodEnd)) return ok(subscriptionView(found));
      const cancellation = subscriptionCancellation(flow, id);
      const before = { root: found, parts: [] };
      if (hasEnded(found.status)) throw refusalProblem(stateConflict(cancellation, before));
      checkTime(flow);
      if (isOpen(call)) {
        // An abandoned command is resumed first; its outcome decides what is left to do.
        const settled = await settleCommand(flow, latestCommand(flow, found), before);
        if (settled.status !== 202) return 'stale';
        if (call.kind !== 'cancel')
          throw problem('operation-in-progress', { extensions: { subscriptionId: id } });
        return replyTo(settled, subscriptionAnswer);
      }
      const command = newCommand(flow, 'cancel', id, call.attempt + 1);
      const result = await beginCommand(flow, undefined, () => cancellation, {
        before,
        next: { root: { ...found, call: command, cancel: { atPeriodEnd } }, parts: [] },
        operationId: id,
      });
      return result === 'stale' ? result : replyTo(result, subscriptionAnswer);
    });
  },
});
