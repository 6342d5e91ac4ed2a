import { BlockList, isIP } from 'node:net';
import { isObject } from '../json.ts';

/** An event pattern that EventBridge would refuse; the message names the path. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`event pattern ${path}: ${problem}`);
    this.path = path;
  }
}

/** Tests one scalar of an event. */
type ScalarTest = (value: unknown) => boolean;

/** One element of a field's list. */
export type Matcher = { readonly kind: 'value'; readonly test: ScalarTest } | { readonly kind: 'absent' };

type Operator = (operand: unknown, path: string) => ScalarTest;

/** EventBridge's bounds of a number in a pattern. */
const NUMBER_LIMIT = 5e9;

/** Compiles one element of a field's list: a literal, or an object with exactly one operator. */
export function compileMatcher(element: unknown, path: string): Matcher {
  if (element === null || ['string', 'number', 'boolean'].includes(typeof element)) {
    return { kind: 'value', test: (value) => value === element };
  }
  const [name, operand] = onlyEntry(element, path);
  if (name === 'exists') {
    if (typeof operand !== 'boolean') throw new PatternError(`${path}.exists`, 'must be true or false');
    return operand ? { kind: 'value', test: () => true } : { kind: 'absent' };
  }
  return { kind: 'value', test: compileOperator(OPERATORS, name, operand, path) };
}

function compileOperator(
  operators: Readonly<Record<string, Operator>>,
  name: string,
  operand: unknown,
  path: string,
): ScalarTest {
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (operator === undefined) throw new PatternError(path, `unknown operator "${name}"`);
  return operator(operand, `${path}.${name}`);
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  prefix: affix((value, part) => value.startsWith(part)),
  suffix: affix((value, part) => value.endsWith(part)),
  'equals-ignore-case': (operand, path) => {
    const folded = textOperand(operand, path).toLowerCase();
    return onText((value) => value.toLowerCase() === folded);
  },
  'anything-but': anythingBut,
  numeric: compileNumeric,
  cidr: compileCidr,
  wildcard: (operand, path) => {
    const expression = wildcardExpression(textOperand(operand, path), path);
    return onText((value) => expression.test(value));
  },
};

/** What `anything-but` may negate besides literals; each takes a string or a list of strings. */
const NEGATABLE: Readonly<Record<string, Operator>> = {
  prefix: anyOfTexts((operand) => onText((value) => value.startsWith(operand))),
  suffix: anyOfTexts((operand) => onText((value) => value.endsWith(operand))),
  'equals-ignore-case': anyOfTexts((operand, path) => OPERATORS['equals-ignore-case']!(operand, path)),
  wildcard: anyOfTexts((operand, path) => OPERATORS['wildcard']!(operand, path)),
};

function affix(matches: (value: string, part: string) => boolean): Operator {
  return (operand, path) => {
    if (typeof operand === 'string') return onText((value) => matches(value, operand));
    const [name, nested] = onlyEntry(operand, path);
    if (name !== 'equals-ignore-case') throw new PatternError(path, `unknown operator "${name}"`);
    const folded = textOperand(nested, `${path}.${name}`).toLowerCase();
    return onText((value) => matches(value.toLowerCase(), folded));
  };
}

function anythingBut(operand: unknown, path: string): ScalarTest {
  if (isObject(operand)) {
    const [name, nested] = onlyEntry(operand, path);
    const test = compileOperator(NEGATABLE, name, nested, path);
    return (value) => !test(value);
  }
  const refused: unknown[] = Array.isArray(operand) ? operand : [operand];
  if (refused.length === 0) throw new PatternError(path, 'an empty array is not allowed');
  const kinds = new Set(refused.map((value) => typeof value));
  const [kind] = kinds;
  if (kinds.size !== 1 || (kind !== 'string' && kind !== 'number')) {
    throw new PatternError(path, 'takes strings or numbers, not a mixture and nothing else');
  }
  return (value) => !refused.includes(value);
}

function anyOfTexts(compile: (operand: string, path: string) => ScalarTest): Operator {
  return (operand, path) => {
    const operands: unknown[] = Array.isArray(operand) ? operand : [operand];
    if (operands.length === 0) throw new PatternError(path, 'an empty array is not allowed');
    const tests = operands.map((one) => {
      if (textOperand(one, path) === '') throw new PatternError(path, 'an empty string is not allowed');
      return compile(textOperand(one, path), path);
    });
    return (value) => tests.some((test) => test(value));
  };
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `["=", n]`, one bound, or a lower bound followed by an upper bound. */
function compileNumeric(operand: unknown, path: string): ScalarTest {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new PatternError(path, 'must be [operator, number] or [">" or ">=", number, "<" or "<=", number]');
  }
  const items: unknown[] = operand;
  const bounds = [items.slice(0, 2), items.slice(2)].filter((pair) => pair.length > 0);
  const comparisons = bounds.map(([operator, bound]) => {
    const compare = typeof operator === 'string' ? COMPARISONS[operator] : undefined;
    if (compare === undefined) throw new PatternError(path, `unknown comparison ${JSON.stringify(operator)}`);
    if (typeof bound !== 'number' || !(Math.abs(bound) <= NUMBER_LIMIT)) {
      throw new PatternError(path, `${JSON.stringify(bound)} is not a number between -5.0e9 and 5.0e9`);
    }
    return { operator: String(operator), bound, compare };
  });
  const [lower, upper] = comparisons;
  if (lower !== undefined && upper !== undefined) {
    const isRange = lower.operator.startsWith('>') && upper.operator.startsWith('<');
    if (!isRange || lower.bound >= upper.bound) throw new PatternError(path, 'is not a range');
  }
  return (value) =>
    typeof value === 'number' && comparisons.every(({ compare, bound }) => compare(value, bound));
}

function compileCidr(operand: unknown, path: string): ScalarTest {
  const [address = '', prefix, ...rest] = textOperand(operand, path).split('/');
  const version = isIP(address);
  const isPrefix =
    prefix !== undefined && /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
  if (version === 0 || !isPrefix || rest.length > 0)
    throw new PatternError(path, 'is not an IP address range');
  const range = new BlockList();
  range.addSubnet(address, Number(prefix), version === 4 ? 'ipv4' : 'ipv6');
  return onText((value) => isIP(value) === version && range.check(value, version === 4 ? 'ipv4' : 'ipv6'));
}

/** `*` stands for any run of characters; `\*` and `\\` are the characters themselves. */
function wildcardExpression(pattern: string, path: string): RegExp {
  let source = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    const next = pattern.charAt(index + 1);
    if (character === '\\') {
      if (next !== '*' && next !== '\\') throw new PatternError(path, `invalid escape "\\${next}"`);
      source += `\\${next}`;
      index += 1;
    } else if (character === '*') {
      if (next === '*') throw new PatternError(path, 'consecutive wildcards are not allowed');
      source += '.*';
    } else {
      source += character.replace(/[\\^$.*+?()[\]{}|]/, String.raw`\$&`);
    }
  }
  return new RegExp(`^${source}$`, 's');
}

function onText(test: (value: string) => boolean): ScalarTest {
  return (value) => typeof value === 'string' && test(value);
}

function textOperand(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new PatternError(path, 'must be a string');
  return value;
}

function onlyEntry(value: unknown, path: string): readonly [string, unknown] {
  const entries = isObject(value) ? Object.entries(value) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw new PatternError(path, 'must be a value or an object with exactly one operator');
  }
  return entry;
}
