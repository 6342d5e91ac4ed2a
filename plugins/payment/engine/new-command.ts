import type { Flow } from '../services.ts';
import { lockUntil } from './flow.ts';
import type { ProviderCommand } from './model/provider-command.ts';

/**
 * A new command: its idempotency key at the provider is derived from stage, object, kind and attempt.
 * @param attempt counts from 1; a new attempt gets a new key
 */
export function newCommand(
  flow: Flow,
  kind: ProviderCommand['kind'],
  objectId: string,
  attempt = 1,
): ProviderCommand {
  const { services } = flow;
  return {
    id: objectId,
    kind,
    status: 'requested',
    providerKey: `${services.stage}-${objectId}-${kind}${attempt > 1 ? `-a${attempt}` : ''}`,
    attempt,
    lockUntil: lockUntil(flow),
    createdAt: services.now().toISOString(),
  };
}
