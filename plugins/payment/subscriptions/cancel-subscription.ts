import * as z from 'zod/mini';
import { checkTime, findSubscription } from '../api/checks.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { refusalProblem } from '../engine/call-provider.ts';
import { stateConflict } from '../engine/command-answers.ts';
import { flowOf } from '../engine/flow.ts';
import { beginNext, runCommand, settleOpen, unchanged } from '../engine/run-command.ts';
import { problem } from '../errors.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import { isCanceled } from './model/merge.ts';
import { hasEnded } from './model/subscription-status.ts';
import {
  latestSubscriptionCommand,
  subscriptionAnswer,
  subscriptionCancellation,
} from './subscription-commands.ts';
import { subscriptionSchema } from './subscription-schema.ts';

export const cancelSubscription = apiOperation({
  summary: 'Cancels a subscription, immediately or at the end of its period; repeating it changes nothing',
  input: z.strictObject({
    id: schema.customerId,
    /** True: it ends with its paid period. False, the default: it ends now. */
    atPeriodEnd: z.optional(z.boolean()),
  }),
  output: subscriptionSchema,
  idempotency: 'none',
  async run(context) {
    const { id, atPeriodEnd = false } = context.input;
    const flow = flowOf(context);
    const call = { commandOf: subscriptionCancellation, answering: subscriptionAnswer };
    return runCommand(flow, call, async () => {
      const root = await findSubscription(context, id);
      const { name, capabilities } = await context.services.provider(root.provider as ProviderName);
      if (atPeriodEnd && !capabilities.cancelAtPeriodEnd) {
        const detail = 'This provider ends subscriptions at once only: leave out atPeriodEnd.';
        throw problem('capability-unsupported', { detail, extensions: { provider: name } });
      }
      const state = { root, parts: [] };
      if (isCanceled(root, atPeriodEnd)) return unchanged(state);
      const cancellation = subscriptionCancellation(flow, id);
      if (hasEnded(root.status)) throw refusalProblem(stateConflict(cancellation, state));
      checkTime(flow);
      const open = await settleOpen(flow, latestSubscriptionCommand(flow, root), state, 'cancel');
      const changed = { root: { ...root, cancel: { atPeriodEnd } }, parts: [] };
      return open ?? beginNext(flow, cancellation, 'cancel', state, changed);
    });
  },
});
