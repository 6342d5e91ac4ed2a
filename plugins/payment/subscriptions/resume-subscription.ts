import { beginCommand, repeatCommand, settleCommand } from '../engine/command.ts';
import { replyTo } from '../engine/reply.ts';
import { untilWritten } from '../engine/update.ts';
import { operation } from '#runtime/contract/operation.ts';
import * as z from 'zod/mini';
import { isOpen } from '../engine/model/provider-command.ts';
import { isGoingOn } from './model/merge.ts';
import { isLive } from './model/subscription-status.ts';
import { paymentErrors, problem } from '../errors.ts';
import { newCommand } from '../engine/new-command.ts';
import { flowOf } from '../engine/flow.ts';
import { claimOf } from '../engine/idempotency.ts';
import { refusalProblem } from '../engine/call-provider.ts';
import { stateConflict } from '../engine/command-answers.ts';
import { latestCommand, subscriptionAnswer, subscriptionResumption } from './subscription-commands.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { type SubscriptionView, subscriptionSchema } from './subscription-view.ts';
import { checkTime } from '../api/checks.ts';
import { findSubscription } from './find-subscription.ts';

const input = z.strictObject({ id: schema.customerId });

export const resumeSubscription = operation<z.infer<typeof input>, SubscriptionView, Services>({
  summary: 'Resumes a paused subscription, or withdraws its cancellation at the end of the period',
  description:
    '409 invalid-state unless it is paused or ends with its period; one that is unpaid cannot be resumed.',
  input,
  output: subscriptionSchema,
  errors: paymentErrors,
  idempotency: 'key',
  async run(context) {
    const { services } = context;
    const flow = flowOf(context);
    const claim = claimOf(flow, context);
    const commandOf = (id: string) => subscriptionResumption(flow, id);
    return untilWritten(async () => {
      const found = await findSubscription(context);
      const { id, call, status } = found;
      // A used key is replayed whatever the subscription's state is now.
      const record = claim && (await services.store.record(claim));
      if (claim && record)
        return replyTo(await repeatCommand(flow, claim, record, commandOf), subscriptionAnswer);
      checkTime(flow);
      const before = { root: found, parts: [] };
      if (isOpen(call)) {
        // An abandoned command is resumed first; its outcome decides what is left to do.
        const settled = await settleCommand(flow, latestCommand(flow, found), before);
        if (call.kind === 'resume' && claim === undefined) return replyTo(settled, subscriptionAnswer);
        if (settled.status !== 202) return 'stale';
        throw problem('operation-in-progress', { extensions: { subscriptionId: id } });
      }
      if (!isLive(status) || status === 'unpaid' || isGoingOn(found))
        throw refusalProblem(stateConflict(commandOf(id), before));
      const command = newCommand(flow, 'resume', id, call.attempt + 1);
      const result = await beginCommand(flow, claim, commandOf, {
        before,
        next: { root: { ...found, call: command }, parts: [] },
        operationId: id,
      });
      return result === 'stale' ? result : replyTo(result, subscriptionAnswer);
    });
  },
});
