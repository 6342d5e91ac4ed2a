import type { OperationContext } from '#runtime/contract/operation.ts';
import { linkTo, type ChainLink } from '#runtime/hash-chain.ts';
import { stateKey } from '#runtime/lifecycle/registry-state.ts';

/** Who asked for a change of the registry, and from where. */
export interface Actor {
  /** Subject of the caller's token; `unknown` for a change that was made past the platform. */
  readonly by: string;
  readonly tenant?: string | undefined;
  /** Id of the request, as the logs have it. */
  readonly requestId: string;
  /** The client's address. */
  readonly sourceIp?: string | undefined;
  /** The function that called on behalf of the client. */
  readonly calledBy?: string | undefined;
}

/** The actor of an operation of the platform. */
export function actorOf({
  caller: { subject: by, tenant },
  requestId,
  source: { ip: sourceIp, calledBy } = {},
}: Pick<OperationContext<unknown, unknown>, 'caller' | 'requestId' | 'source'>): Actor {
  return {
    by,
    tenant,
    requestId,
    ...(sourceIp !== undefined && { sourceIp }),
    ...(calledBy !== undefined && { calledBy }),
  };
}

/** What an audit entry says of the state before and after a change. It never holds a value of a configuration. */
export type AuditedState = Readonly<Record<string, string | number | readonly string[]>>;

/**
 * One change of a plugin's registry item: who changed what, when, and from what to what. Entries from before the hash
 * chain have no `hash`, `tenant` or `plugin`.
 */
export interface AuditEntry extends Actor, Partial<ChainLink> {
  /** Whose item it is, so that no entry can stand for another plugin's. */
  readonly plugin?: string;
  /** That of the registry item after the change; the entries of a plugin count 1, 2, 3, ... without a gap. */
  readonly version: number;
  /** `load`, `unload`, ... */
  readonly action: string;
  /** ISO 8601. */
  readonly at: string;
  readonly before: AuditedState;
  readonly after: AuditedState;
  /** Why a load has failed. */
  readonly reason?: string | undefined;
}

export const AUDIT_PREFIX = 'AUDIT#';

/** Digits of the version in a sort key, so that the entries sort by it. */
const VERSION_DIGITS = 12;

export const auditKey = (plugin: string, version: number) => ({
  PK: stateKey(plugin).PK,
  SK: `${AUDIT_PREFIX}${String(version).padStart(VERSION_DIGITS, '0')}`,
});

/** What the newest entry has to be, as the registry item says. */
export interface AuditHead {
  readonly version: number;
  readonly hash: string;
}

/** An entry as the next link of its plugin's chain. @param previousHash that of the registry item before the change */
export const chainedEntry = (
  previousHash: string | undefined,
  entry: AuditEntry & { readonly plugin: string },
): AuditEntry & ChainLink => linkTo(previousHash, entry);

/** The order in which an entry is shown; DynamoDB keeps none. */
const SHOWN = [
  'plugin',
  'version',
  'action',
  'at',
  'by',
  'tenant',
  'requestId',
  'sourceIp',
  'calledBy',
  'before',
  'after',
  'reason',
  'previousHash',
  'hash',
] as const satisfies readonly (keyof AuditEntry)[];

/** The entry of an item, with every member that its hash is of. */
export const auditEntryOf = (item: Readonly<Record<string, unknown>>): AuditEntry =>
  Object.fromEntries(
    SHOWN.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])),
  ) as unknown as AuditEntry;
