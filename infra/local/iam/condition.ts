import { isObject } from '../json.ts';
import { type Comparison, OPERATORS } from './condition-operators.ts';
import { type Context, contextValue } from './template.ts';

/** Whether a condition holds; undefined when that is not known, so that it never allows. */
export type Condition = (context: Context) => boolean | undefined;

type Compiled = Condition | { readonly problem: string };

/** Compiles a statement's `Condition` element. All operators, and all keys of an operator, must hold. */
export function compileCondition(element: unknown, variables: boolean): Compiled {
  if (!isObject(element)) return { problem: 'Condition is not an object' };
  const conditions: Condition[] = [];
  for (const [operator, keys] of Object.entries(element)) {
    if (!isObject(keys)) return { problem: `Condition.${operator} is not an object` };
    for (const [key, value] of Object.entries(keys)) {
      const compiled = compileKey(operator, key, value, variables);
      if (typeof compiled === 'object') return compiled;
      conditions.push(compiled);
    }
  }
  return (context) => every(conditions.map((condition) => condition(context)));
}

function compileKey(name: string, key: string, value: unknown, variables: boolean): Compiled {
  const values = (Array.isArray(value) ? value : [value]) as readonly unknown[];
  if (values.length === 0 || values.some((one) => !['string', 'number', 'boolean'].includes(typeof one))) {
    return { problem: `Condition.${name}.${key} has no usable value` };
  }
  const expected = values.map(String);
  if (name === 'Null') return compileNull(key, expected);
  const [, set, base = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(.*?)(IfExists)?$/.exec(name) ?? [];
  const operator = Object.hasOwn(OPERATORS, base) ? OPERATORS[base] : undefined;
  if (operator === undefined) return { problem: `unknown condition operator ${name}` };
  const comparisons = expected.map((one) => operator.compile(one, variables));
  if (!comparisons.every((one) => one !== undefined)) {
    return { problem: `Condition.${name}.${key} has a malformed value` };
  }
  const one: Comparison = (actual, context) => {
    const matched = some(comparisons.map((compare) => compare(actual, context)));
    return operator.negated && matched !== undefined ? !matched : matched;
  };
  const whenAbsent =
    ifExists !== undefined || set === 'ForAllValues' || (operator.negated && set === undefined);
  return (context) => {
    const actual = contextValue(context, key);
    if (actual === undefined) return whenAbsent;
    if (actual === null) return undefined;
    return applySet(set, typeof actual === 'object' ? actual : [String(actual)], whenAbsent, (text) =>
      one(text, context),
    );
  };
}

function applySet(
  set: string | undefined,
  actual: readonly string[],
  whenEmpty: boolean,
  test: (text: string) => boolean | undefined,
): boolean | undefined {
  if (actual.length === 0) return whenEmpty;
  if (set === 'ForAnyValue') return some(actual.map(test));
  if (set === 'ForAllValues') return every(actual.map(test));
  const [only] = actual;
  // Several values without a set operator: AWS leaves the outcome open, so nothing may be allowed by it.
  return actual.length === 1 && only !== undefined ? test(only) : undefined;
}

function compileNull(key: string, expected: readonly string[]): Compiled {
  const [wanted, ...rest] = expected.map((value) => value.toLowerCase());
  if (rest.length > 0 || (wanted !== 'true' && wanted !== 'false')) {
    return { problem: `Condition.Null.${key} is neither true nor false` };
  }
  return (context) => (contextValue(context, key) === undefined) === (wanted === 'true');
}

function every(results: readonly (boolean | undefined)[]): boolean | undefined {
  if (results.includes(false)) return false;
  return results.includes(undefined) ? undefined : true;
}

function some(results: readonly (boolean | undefined)[]): boolean | undefined {
  if (results.includes(true)) return true;
  return results.includes(undefined) ? undefined : false;
}
