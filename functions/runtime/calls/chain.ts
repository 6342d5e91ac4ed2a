import { platformProblem } from '../contract/errors.ts';
import type { Caller } from '../contract/operation.ts';

/** Functions, as `plugin/function`, through which a call came; the first was reached by a client, an event or a schedule. */
type Chain = readonly string[];

/** Kept beside the caller and not in it, so that plugin code cannot shorten a chain. */
const chains = new WeakMap<Caller, Chain>();

export function withChain(caller: Caller, chain: Chain): Caller {
  chains.set(caller, chain);
  return caller;
}

/** Empty for what another plugin did not call. */
export const chainOf = (caller: Caller | undefined): Chain => (caller && chains.get(caller)) ?? [];

interface NextCall {
  /** The function that calls. */
  readonly from: { readonly plugin: string; readonly functionName: string };
  readonly to: { readonly plugin: string; readonly operation: string };
  /** `maxHops` of the dependency. */
  readonly maxHops: number;
}

/** @throws ProblemError 500 `call-chain-too-long` when the call would be one more than `maxHops` allows */
export function checkChain(chain: Chain, { from, to, maxHops }: NextCall): void {
  const hops = chain.length + 1;
  if (hops <= maxHops) return;
  const whole = [...chain, `${from.plugin}/${from.functionName}`, `${to.plugin}.${to.operation}`].join(
    ' -> ',
  );
  const field = `dependencies.${to.plugin}.maxHops`;
  throw platformProblem('call-chain-too-long', {
    detail: `${whole} would be call ${hops} of a chain, and ${field} of "${from.plugin}" allows ${maxHops}.`,
  });
}
