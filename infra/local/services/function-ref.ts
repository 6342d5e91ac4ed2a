import type { Assembly } from '../resources/assembly.ts';
import type { FunctionResource } from '../resources/lambda.ts';

/** A function as a caller names it. */
interface FunctionRef {
  readonly fn: FunctionResource;
  /** With the qualifier it was named by. */
  readonly arn: string;
  readonly qualifier: string | undefined;
}

// Name, name:alias, 000000000000:function:name, and the whole ARN.
const form = /^(?:(?:arn:aws[\w-]*:lambda:[\w-]*:)?\d{12}:function:)?([\w-]+)(?::([\w$-]+))?$/;

/** Finds the function that a caller means. Undefined when there is none, or not with that alias. */
export function findFunction(assembly: Assembly, name: string, qualifier?: string): FunctionRef | undefined {
  const match = form.exec(name);
  const fn = match && assembly.functions.find((candidate) => candidate.name === match[1]);
  if (!fn) return undefined;
  const asked = match[2] ?? qualifier;
  if (asked !== undefined && asked !== '$LATEST' && !fn.aliases.includes(asked)) return undefined;
  return { fn, arn: asked === undefined ? fn.arn : `${fn.arn}:${asked}`, qualifier: asked };
}
