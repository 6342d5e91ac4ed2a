import type { Flow } from '../services.ts';
import { lockUntil } from './flow.ts';
import type { ProviderCommand } from './model/provider-command.ts';

/** A call that is about to be made for the first time. */
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
