import * as z from 'zod/mini';
import { checkTime, findSubscription } from '../api/checks.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { refusalProblem } from '../engine/call-provider.ts';
import { settleCommand } from '../engine/command.ts';
import { stateConflict } from '../engine/command-answers.ts';
import { flowOf } from '../engine/flow.ts';
import { claimOf } from '../engine/idempotency.ts';
import { isOpen } from '../engine/model/provider-command.ts';
import { beginNext, runCommand, settleOpen } from '../engine/run-command.ts';
import { isGoingOn } from './model/merge.ts';
import { isLive } from './model/subscription-status.ts';
import {
  latestSubscriptionCommand,
  subscriptionAnswer,
  subscriptionResumption,
} from './subscription-commands.ts';
import { subscriptionSchema } from './subscription-schema.ts';

export const resumeSubscription = apiOperation({
  summary: 'Resumes a paused subscription, or withdraws its cancellation at the end of the period',
  description:
    '409 invalid-state unless it is paused or ends with its period; one that is unpaid cannot be resumed.',
  input: z.strictObject({ id: schema.customerId }),
  output: subscriptionSchema,
  idempotency: 'key',
  async run(context) {
    const { services, input } = context;
    const flow = flowOf(context);
    const claim = claimOf(flow, context);
    const call = { commandOf: subscriptionResumption, answering: subscriptionAnswer, claim };
    return runCommand(flow, call, async () => {
      const root = await findSubscription(context, input.id);
      // A used key is replayed whatever the subscription's state is now.
      const record = claim && (await services.store.record(claim));
      if (record) return { kind: 'known', record };
      checkTime(flow);
      const state = { root, parts: [] };
      const resumption = subscriptionResumption(flow, root.id);
      // The same call without a key: its outcome is that of this one.
      if (isOpen(root.call) && root.call.kind === 'resume' && claim === undefined)
        return settleCommand(flow, resumption, state);
      const open = await settleOpen(flow, latestSubscriptionCommand(flow, root), state);
      if (open !== undefined) return open;
      if (!isLive(root.status) || root.status === 'unpaid' || isGoingOn(root))
        throw refusalProblem(stateConflict(resumption, state));
      return beginNext(flow, resumption, 'resume', state);
    });
  },
});
