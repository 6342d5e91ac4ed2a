import type { Candidate } from './candidate.ts';
import type { JsonPath } from './document.ts';
import { parsePermission } from './permissions.ts';

type Candidates = ReadonlyMap<string, Candidate>;

/** A `call:` permission: one function may call an operation, which another function serves. */
interface Call {
  readonly caller: Candidate;
  /** `plugin/function` that calls, and that serves what is called. */
  readonly from: string;
  readonly to: string;
  readonly plugin: string;
  readonly operation: string;
  /** What the dependency allows. */
  readonly maxHops: number;
  readonly path: JsonPath;
}

/**
 * Reports every call that can be one more in a chain than its dependency allows. Whether an operation makes a call is not
 * known here, so a function counts as making every call that it may.
 */
export function checkCallChains(candidates: Candidates): void {
  const calls = [...candidates.values()].flatMap((candidate) => callsOf(candidate, candidates));
  for (const call of calls) {
    const chain = longestChain(call, calls, []);
    const { caller, plugin, maxHops, path, from, operation } = call;
    if (chain.length <= maxHops) continue;
    const start = chain.map((one) => one.from).join(' -> ');
    caller.report('PLG218', {
      path,
      given: `${start} -> ${plugin}.${operation}`,
      allowed: `chains of ${maxHops} ${maxHops === 1 ? 'call' : 'calls'}, by dependencies.${plugin}.maxHops`,
      fix: `Write "maxHops": ${chain.length} in that dependency, or give the permission to a function other than ${from} that no plugin calls.`,
    });
  }
}

function callsOf(caller: Candidate, candidates: Candidates): Call[] {
  const hops = new Map(caller.view.dependencies.map(({ key, value }) => [key, value.maxHops]));
  return caller.view.permissions.flatMap(({ key, path, value }) => {
    const permission = parsePermission(value);
    if (permission?.kind !== 'call') return [];
    const { plugin, operation } = permission;
    const served = candidates.get(plugin)?.view.operations.find((one) => one.key === operation);
    const maxHops = hops.get(plugin);
    // A call that no dependency covers, or to what is not there, is an error already.
    if (!served || maxHops === undefined) return [];
    const to = `${plugin}/${served.value.function}`;
    return [{ caller, from: `${caller.name}/${key}`, to, plugin, operation, maxHops, path }];
  });
}

/** The longest chain of calls that ends with this one, outermost first; a cycle is an error of its own. */
function longestChain(call: Call, calls: readonly Call[], seen: readonly string[]): readonly Call[] {
  if (seen.includes(call.from)) return [call];
  const before = calls
    .filter(({ to }) => to === call.from)
    .map((one) => longestChain(one, calls, [...seen, call.from]))
    .reduce<readonly Call[]>((longest, one) => (one.length > longest.length ? one : longest), []);
  return [...before, call];
}
