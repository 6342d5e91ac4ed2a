import jsep from 'jsep';

/** Metric math that cannot be evaluated; the message says what of it. */
export class MetricMathError extends Error {
  override readonly name = 'MetricMathError';
}

/** An expression of metric math, for the values of one period; a value is undefined where there is no data. */
export interface MetricMath {
  /** The ids of the metrics in it. */
  readonly ids: readonly string[];
  evaluate(valueOf: (id: string) => number | undefined): number | undefined;
}

type Value = number | undefined;
type Evaluate = (valueOf: (id: string) => Value) => Value;
type Node = jsep.CoreExpression;

/** @throws {MetricMathError} for syntax, functions and operators that are not those of metric math or not known here */
export function parseMetricMath(text: string): MetricMath {
  const ids = new Set<string>();
  let parsed: Node;
  try {
    parsed = jsep(text) as Node;
  } catch (error) {
    throw new MetricMathError(`"${text}" is no expression: ${(error as Error).message}`);
  }
  if (parsed.type === 'Compound') throw new MetricMathError(`"${text}" is not one expression`);
  const evaluate = compile(parsed, ids);
  return { ids: [...ids], evaluate };
}

/** What an operator does with two numbers; a comparison is 1 or 0, and what is no number is no data. */
const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
};

/** Functions over a list of metrics, which leave out what has no data. */
const FOLDS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

function compile(given: jsep.Expression | null | undefined, ids: Set<string>): Evaluate {
  const node = given as Node | null | undefined;
  if (node?.type === 'Literal') {
    const { value, raw } = node;
    if (typeof value !== 'number') throw new MetricMathError(`${raw} is no number`);
    return () => value;
  }
  if (node?.type === 'Identifier') {
    const { name } = node;
    ids.add(name);
    return (valueOf) => valueOf(name);
  }
  if (node?.type === 'UnaryExpression' && node.operator === '-') {
    const argument = compile(node.argument, ids);
    return (valueOf) => defined(argument(valueOf), (value) => -value);
  }
  if (node?.type === 'BinaryExpression') return operation(node, ids);
  if (node?.type === 'CallExpression') return call(node, ids);
  throw unknown(node?.type ?? 'an empty place');
}

function operation({ operator, ...node }: jsep.BinaryExpression, ids: Set<string>): Evaluate {
  const operate = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (operate === undefined) throw unknown(`operator ${operator}`);
  const left = compile(node.left, ids);
  const right = compile(node.right, ids);
  return (valueOf) =>
    defined(left(valueOf), (one) => defined(right(valueOf), (other) => numberOr(operate(one, other))));
}

function call({ callee, arguments: given }: jsep.CallExpression, ids: Set<string>): Evaluate {
  const name = (callee as Node).type === 'Identifier' ? (callee as jsep.Identifier).name : callee.type;
  if (name === 'IF' && given.length === 3) {
    const [condition, then, otherwise] = given.map((one) => compile(one, ids)) as [
      Evaluate,
      Evaluate,
      Evaluate,
    ];
    return (valueOf) =>
      defined(condition(valueOf), (holds) => (holds === 0 ? otherwise(valueOf) : then(valueOf)));
  }
  if (name === 'FILL' && given.length === 2) {
    const [metric, filling] = given.map((one) => compile(one, ids)) as [Evaluate, Evaluate];
    return (valueOf) => metric(valueOf) ?? filling(valueOf);
  }
  const fold = Object.hasOwn(FOLDS, name) ? FOLDS[name] : undefined;
  const [list, ...more] = given as readonly Node[];
  if (fold === undefined || list?.type !== 'ArrayExpression' || more.length > 0)
    throw unknown(`${name} of ${given.map(({ type }) => type).join(', ') || 'nothing'}`);
  const members = list.elements.map((one) => compile(one, ids));
  return (valueOf) => {
    const values = members.map((member) => member(valueOf)).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : fold(values);
  };
}

const defined = <T>(value: Value, then: (value: number) => T): T | undefined =>
  value === undefined ? undefined : then(value);

/** A division by zero has no data. */
const numberOr = (value: number): Value => (Number.isFinite(value) ? value : undefined);

const unknown = (what: string): MetricMathError =>
  new MetricMathError(`${what} is not known to the local runner in metric math`);
