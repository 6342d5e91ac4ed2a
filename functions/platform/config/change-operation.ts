import * as z from 'zod/mini';
import { operation, type Operation, type OperationContext } from '#runtime/contract/operation.ts';
import { actorOf } from '../registry/audit.ts';
import type { ConfigAction } from './change-store.ts';
import { changeConfig, type ChangeRequest, type Target } from './change.ts';
import { configErrors } from './errors.ts';
import { changeablePlugin, type ConfigServices } from './services.ts';
import { configView } from './views.ts';

interface ChangeDefinition<I> extends Pick<
  Operation<I, unknown, unknown>,
  'summary' | 'description' | 'input' | 'bodyMember'
> {
  readonly action: ConfigAction;
  /** @throws ProblemError for an input that cannot become a document */
  readonly target: (input: I, request: ChangeRequest, services: ConfigServices) => Target;
}

/**
 * An operation that puts another document in force, on condition of the version that its caller has seen. It answers
 * with what is in force then, and with the paths that differ.
 */
export function changeOperation<I extends { readonly name: string }>({
  action,
  target,
  ...definition
}: ChangeDefinition<I>) {
  return operation({
    ...definition,
    output: z.record(z.string(), z.unknown()),
    errors: configErrors,
    idempotency: 'none',
    conditional: true,
    async run({ input, services, ifMatch = [], log, ...context }: OperationContext<I, ConfigServices>) {
      const plugin = changeablePlugin(services, input.name);
      const request = { plugin, ifMatch, action, actor: actorOf(context) };
      const changed = await changeConfig(request, services, target(input, request, services));
      log.info('Configuration', { target: input.name, action, changed });
      const { etag, body } = await configView(plugin, context.requestId, services);
      return { status: 200, body: { ...body, changed }, headers: { etag } };
    },
  });
}
