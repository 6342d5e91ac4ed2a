/** An invocation as `GET /dev/invocations?summary` lists it. */
export interface InvocationSummary {
  readonly id: string;
  readonly function: string;
  readonly trigger: string;
  readonly startedAt: string;
  readonly durationMs?: number;
  readonly coldStart?: boolean;
  readonly status: string;
  readonly denials: number;
  readonly calls: number;
}

/** A call that a role did not allow. */
export interface Denial {
  readonly action: string;
  readonly resource: string;
  readonly hint: string;
}

/** An invocation as `GET /dev/invocations/{id}` answers; without event and result when they are too long to be kept. */
export interface InvocationDetail extends Omit<InvocationSummary, 'denials' | 'calls'> {
  readonly error?: unknown;
  readonly logs: readonly string[];
  readonly denied: readonly Denial[];
  readonly awsCalls: readonly string[];
  readonly providerCalls: readonly string[];
  readonly event?: unknown;
  readonly result?: unknown;
}

/** The name of a function without what all of them have in common. */
export const shortName = (name: string): string => name.replace(/^anineeplus-[^-]+-/, '');

export const durationText = (ms: number | undefined): string =>
  ms === undefined ? '…' : ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
