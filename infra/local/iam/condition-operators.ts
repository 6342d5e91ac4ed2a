import { BlockList, isIP } from 'node:net';
import {
  arnExpression,
  type Context,
  expandText,
  globExpression,
  parseTemplate,
  type Template,
} from './template.ts';

/** Compares one value of the request with one value of the policy; undefined: not known. */
export type Comparison = (actual: string, context: Context) => boolean | undefined;

/** A condition operator, such as `StringLike`. */
interface Operator {
  /** Compiles one value of the policy; undefined when it is malformed. */
  compile(expected: string, variables: boolean): Comparison | undefined;
  /** The operator asks that no value of the policy matches. */
  readonly negated: boolean;
}

type Compile = Operator['compile'];

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));

/** ISO 8601, or seconds since 1970. */
const instant = (text: string): number => (isNumber(text) ? Number(text) * 1000 : Date.parse(text));

function textOperator(same: (actual: string, expected: string) => boolean): Compile {
  return (expected, variables) => {
    const template = parseTemplate(expected, variables);
    return (actual, context) => {
      const text = expandText(template, context);
      return text === undefined ? undefined : same(actual, text);
    };
  };
}

function patternOperator(express: (template: Template, context: Context) => RegExp | undefined): Compile {
  return (expected, variables) => {
    const template = parseTemplate(expected, variables);
    return (actual, context) => express(template, context)?.test(actual);
  };
}

function orderOperator(
  parse: (text: string) => number,
  holds: (actual: number, bound: number) => boolean,
): Compile {
  return (expected) => {
    const bound = parse(expected);
    if (Number.isNaN(bound)) return undefined;
    return (actual) => {
      const value = parse(actual);
      return !Number.isNaN(value) && holds(value, bound);
    };
  };
}

const booleanOperator: Compile = (expected) => {
  const wanted = expected.toLowerCase();
  if (wanted !== 'true' && wanted !== 'false') return undefined;
  return (actual) => actual.toLowerCase() === wanted;
};

const addressOperator: Compile = (expected) => {
  const [address = '', prefix] = expected.split('/');
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (version === 0 || !Number.isInteger(length) || length < 0 || length > bits) return undefined;
  const range = new BlockList();
  range.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
  return (actual) => isIP(actual) === version && range.check(actual, version === 4 ? 'ipv4' : 'ipv6');
};

const equal = textOperator((actual, expected) => actual === expected);
const equalIgnoreCase = textOperator((actual, expected) => actual.toLowerCase() === expected.toLowerCase());
const like = patternOperator(globExpression);
const arn = patternOperator(arnExpression);
const toNumber = (text: string): number => (isNumber(text) ? Number(text) : Number.NaN);

const is = (compile: Compile): Operator => ({ compile, negated: false });
const not = (compile: Compile): Operator => ({ compile, negated: true });

function comparisons(name: string, parse: (text: string) => number): Record<string, Operator> {
  return {
    [`${name}Equals`]: is(orderOperator(parse, (actual, bound) => actual === bound)),
    [`${name}NotEquals`]: not(orderOperator(parse, (actual, bound) => actual === bound)),
    [`${name}LessThan`]: is(orderOperator(parse, (actual, bound) => actual < bound)),
    [`${name}LessThanEquals`]: is(orderOperator(parse, (actual, bound) => actual <= bound)),
    [`${name}GreaterThan`]: is(orderOperator(parse, (actual, bound) => actual > bound)),
    [`${name}GreaterThanEquals`]: is(orderOperator(parse, (actual, bound) => actual >= bound)),
  };
}

/** Every condition operator but `Null`, without its `IfExists`, `ForAnyValue:` and `ForAllValues:` forms. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: is(equal),
  StringNotEquals: not(equal),
  StringEqualsIgnoreCase: is(equalIgnoreCase),
  StringNotEqualsIgnoreCase: not(equalIgnoreCase),
  StringLike: is(like),
  StringNotLike: not(like),
  ...comparisons('Numeric', toNumber),
  ...comparisons('Date', instant),
  Bool: is(booleanOperator),
  BinaryEquals: is((expected) => (actual) => actual === expected),
  IpAddress: is(addressOperator),
  NotIpAddress: not(addressOperator),
  ArnEquals: is(arn),
  ArnLike: is(arn),
  ArnNotEquals: not(arn),
  ArnNotLike: not(arn),
};
