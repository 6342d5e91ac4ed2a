import type { ManifestInput } from '#infra/manifest/schema.ts';
import { aliases } from '#runtime/aliases.ts';
import type { DirectEvent } from '#runtime/adapters/direct.ts';
import type { Reply } from '#runtime/contract/reply.ts';
import { mintToken, type TestCaller } from './callers.ts';
import { type Json, request } from './client.ts';
import { manifestNamed, type Manifests } from './plugins.ts';

export interface InvokeOptions {
  /** For whom; the developer with every scope when left out. */
  readonly as?: TestCaller;
  /** The function that calls, as `plugin/function`; GraphQL or any that may when left out. */
  readonly calledBy?: string;
  readonly idempotencyKey?: string;
}

/** An operation's reply: what it returned, or the problem document that it was refused with. */
export type OperationReply = Reply<Json>;

/**
 * Invokes an operation as another function does, without HTTP.
 * @param name `plugin.operation`
 * @throws Error when nobody may call the operation, and when its function crashes
 */
export async function invokeOperation(
  { url, manifests }: { readonly url: string; readonly manifests: Manifests },
  name: string,
  input: unknown,
  { as, calledBy, idempotencyKey }: InvokeOptions = {},
): Promise<OperationReply> {
  const [plugin = '', operation = ''] = name.split('.');
  const manifest = manifestNamed(plugin, manifests);
  const declared = manifest.operations?.[operation];
  if (!declared) {
    const known = Object.keys(manifest.operations ?? {}).join(', ') || 'none';
    throw new Error(`plugin "${plugin}" has no operation "${operation}"; it has: ${known}`);
  }
  const event: DirectEvent = {
    kind: 'operation',
    operation,
    input,
    token: await mintToken(url, as),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
  const { status, body } = await request(url, 'POST', '/dev/invoke', {
    body: {
      function: `${plugin}/${declared.function ?? 'api'}`,
      alias: aliasFor({ manifest, operation, calledBy, manifests }),
      event,
    },
  });
  if (status !== 200) throw new Error(`${name} cannot be invoked: ${body.message ?? JSON.stringify(body)}`);
  if (body.functionError) throw new Error(`${name} crashed: ${JSON.stringify(body.payload)}`);
  return body.payload as OperationReply;
}

interface Call {
  readonly manifest: ManifestInput;
  readonly operation: string;
  readonly calledBy: string | undefined;
  readonly manifests: Manifests;
}

/** The alias of a function that may call the operation. */
function aliasFor({ manifest, operation, calledBy, manifests }: Call): string {
  const { graphql, expose = 'public' } = manifest.operations?.[operation] ?? {};
  if (calledBy === undefined && graphql && expose === 'public') return aliases.graphql;
  const permission = `call:${manifest.name}.${operation}`;
  const callers = manifests().flatMap(({ name, permissions = {} }) =>
    Object.entries(permissions).flatMap(([key, granted]) =>
      granted.includes(permission) ? [{ id: `${name}/${key}`, alias: aliases.call(name, key) }] : [],
    ),
  );
  const caller = callers.find(({ id }) => calledBy === undefined || id === calledBy);
  if (caller) return caller.alias;
  throw new Error(
    calledBy === undefined
      ? `no function may call ${manifest.name}.${operation}: it has no GraphQL field, and no plugin has the permission ` +
          `"${permission}"; call it over HTTP with request()`
      : `${calledBy} may not call ${manifest.name}.${operation}: add "${permission}" to its permissions`,
  );
}
