import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isInputObjectType,
  isListType,
  Kind,
  type GraphQLInputType,
  type GraphQLResolveInfo,
  type ValueNode,
} from 'graphql';
import { plainDecimal } from '#runtime/decimal.ts';

type Values = Readonly<Record<string, unknown>>;

/** An argument, or a member of an input object. */
interface Member {
  readonly name: string;
  readonly type: GraphQLInputType;
}

/** What the document and the request say about variables. */
interface GivenVariables {
  readonly info: Pick<GraphQLResolveInfo, 'operation'>;
  /** As the client sent them, without defaults. */
  readonly variables: Values;
}

/**
 * Whether these members, or input objects among them, hold a decimal. The composition writes one as two members:
 * `x: Float` for clients that declare numbers, and `xText: Decimal`; nothing else has the type Decimal beside a Float.
 */
export function holdDecimals(
  members: readonly Member[],
  seen: Set<GraphQLInputType> = new Set<GraphQLInputType>(),
): boolean {
  return members.some((member) => {
    const type = getNamedType(member.type);
    if (!isInputObjectType(type)) return isDecimal(member, members);
    if (seen.has(type)) return false;
    seen.add(type);
    return holdDecimals(Object.values(type.getFields()), seen);
  });
}

function isDecimal({ name, type }: Member, members: readonly Member[]): boolean {
  if (String(getNullableType(type)) !== 'Float') return false;
  return members.some((other) => other.name === `${name}Text` && String(other.type) === 'Decimal');
}

/**
 * The values with every decimal in one member: the text, or the number. A number that the document writes out keeps
 * its digits, because a double may not hold them; a variable's is the shortest decimal of its double.
 * @throws GraphQLError `invalid-request` when both members of a decimal are given
 */
export function withDecimals(
  values: Values,
  members: readonly Member[],
  nodes: ReadonlyMap<string, ValueNode>,
  given: GivenVariables,
): Record<string, unknown> {
  const decimals = members.filter((member) => isDecimal(member, members)).map(({ name }) => name);
  const result: Record<string, unknown> = {};
  for (const { name, type } of members) {
    const value = values[name];
    if (value === undefined || decimals.some((decimal) => name === `${decimal}Text`)) continue;
    result[name] = inside(value, type, nodes.get(name), given);
  }
  for (const name of decimals) {
    const value = values[name] ?? undefined;
    const text = values[`${name}Text`] ?? undefined;
    if (value !== undefined && text !== undefined) throw givenTwice(name);
    result[name] = text ?? exact(value, written(nodes.get(name), given));
  }
  return result;
}

function inside(
  value: unknown,
  type: GraphQLInputType,
  given: ValueNode | undefined,
  variables: GivenVariables,
): unknown {
  const bare = getNullableType(type);
  const node = written(given, variables);
  if (isListType(bare)) {
    if (!Array.isArray(value)) return value;
    // A single value stands for a list of one.
    const items = node?.kind === Kind.LIST ? node.values : node && [node];
    return value.map((item, at) => inside(item, bare.ofType, items?.[at], variables));
  }
  if (!isInputObjectType(bare) || typeof value !== 'object' || value === null) return value;
  const nodes = node?.kind === Kind.OBJECT ? node.fields : [];
  return withDecimals(
    value as Values,
    Object.values(bare.getFields()),
    new Map(nodes.map((field) => [field.name.value, field.value])),
    variables,
  );
}

/** The node that the document writes out for a value; undefined where the value came with the request. */
function written(
  node: ValueNode | undefined,
  { info: { operation }, variables }: GivenVariables,
): ValueNode | undefined {
  if (node?.kind !== Kind.VARIABLE) return node;
  const name = node.name.value;
  if (Object.hasOwn(variables, name)) return undefined;
  return operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
}

const exact = (value: unknown, node: ValueNode | undefined): unknown =>
  node?.kind === Kind.INT || node?.kind === Kind.FLOAT ? plainDecimal(node.value) : value;

const givenTwice = (name: string): GraphQLError =>
  new GraphQLError(`Give ${name} or ${name}Text, not both.`, { extensions: { code: 'invalid-request' } });
