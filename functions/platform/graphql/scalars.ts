import { GraphQLError, Kind, valueFromASTUntyped, type GraphQLScalarType, type ValueNode } from 'graphql';

type Behaviour = Pick<GraphQLScalarType, 'serialize' | 'parseValue' | 'parseLiteral'>;

const refuse = (message: string): never => {
  throw new GraphQLError(message, { extensions: { code: 'invalid-request' } });
};

function decimal(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'string') return value;
  return refuse('Decimal takes a number or a string.');
}

function safeInt(value: unknown): unknown {
  return Number.isSafeInteger(value) ? value : refuse('SafeInt takes an integer up to 2^53 - 1.');
}

function dateTime(value: unknown): unknown {
  return typeof value === 'string' ? value : refuse('DateTime takes a string.');
}

const behaviours: Readonly<Record<string, Behaviour>> = {
  // A number in the document keeps its text: reading it into a double could change money.
  Decimal: {
    serialize: decimal,
    parseValue: decimal,
    parseLiteral: (node: ValueNode) =>
      node.kind === Kind.INT || node.kind === Kind.FLOAT || node.kind === Kind.STRING
        ? node.value
        : refuse('Decimal takes a number or a string.'),
  },
  SafeInt: {
    serialize: safeInt,
    parseValue: safeInt,
    parseLiteral: (node: ValueNode) => safeInt(node.kind === Kind.INT ? Number(node.value) : undefined),
  },
  // The operation's own schema checks the format.
  DateTime: {
    serialize: dateTime,
    parseValue: dateTime,
    parseLiteral: (node: ValueNode) => dateTime(node.kind === Kind.STRING ? node.value : undefined),
  },
  JSON: {
    serialize: (value: unknown) => value,
    parseValue: (value: unknown) => value,
    parseLiteral: (node: ValueNode, variables) => valueFromASTUntyped(node, variables),
  },
};

/** Gives the schema's scalars their behaviour; a schema that was described knows only their names. */
export function bindScalars(types: Readonly<Record<string, unknown>>): void {
  for (const [name, behaviour] of Object.entries(behaviours)) {
    const type = types[name];
    if (type) Object.assign(type, behaviour);
  }
}
