import { stateKey } from '#runtime/lifecycle/registry-state.ts';

/** Who asked for a change of the registry. */
export interface Actor {
  /** Subject of the caller's token; `cloudformation` for a deployment. */
  readonly by: string;
  /** Id of the request, as the logs have it. */
  readonly requestId: string;
}

/** What an audit entry says of the state before and after a change. It never holds a value of a configuration. */
export type AuditedState = Readonly<Record<string, string | number | readonly string[]>>;

/** One change of a plugin's registry item: who changed what, when, and from what to what. */
export interface AuditEntry extends Actor {
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
