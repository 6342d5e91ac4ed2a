import { linkTo } from '#runtime/hash-chain.ts';
import type { OperationContext } from '#runtime/contract/operation.ts';
import { untilWritten } from '../engine/update.ts';
import type { Services } from '../services.ts';
import type { AuditedAction } from './model/audit-entry.ts';

/**
 * Adds an action of the caller to the audit of the caller's tenant, before it is done: an action that cannot be recorded
 * is refused.
 * @throws ProblemError 503 `contention`
 */
export async function recordAction(
  { caller, source, requestId, services }: OperationContext<unknown, Services>,
  action: AuditedAction,
  subject: string,
): Promise<void> {
  const { subject: actor, tenant } = caller;
  const { audit } = services;
  await untilWritten(async () => {
    const head = await audit.head(tenant);
    const entry = linkTo(head?.hash, {
      version: (head?.version ?? 0) + 1,
      tenant,
      action,
      subject,
      actor,
      ...(source !== undefined && { source: { ...source } }),
      requestId,
      at: services.now().toISOString(),
    });
    return (await audit.append(entry)) ? undefined : 'stale';
  });
}
