import {
  getNullableType,
  GraphQLInt,
  GraphQLNonNull,
  isNonNullType,
  Kind,
  VariablesInAllowedPositionRule,
  type ASTVisitor,
  type OperationDefinitionNode,
  type ValidationContext,
  type VariableDefinitionNode,
} from 'graphql';

/**
 * The specification's rule for variables, with one allowance: a variable declared `Int` may stand where a `Float` is
 * expected. Literals and variables of type Float take whole numbers, so a client that declares `Int` for 20 means the
 * same.
 */
export function VariablesWithIntAsFloatRule(context: ValidationContext): ASTVisitor {
  const lenient = Object.create(context, {
    getRecursiveVariableUsages: { value: (operation: OperationDefinitionNode) => usages(context, operation) },
  }) as ValidationContext;
  return VariablesInAllowedPositionRule(lenient);
}

function usages(
  context: ValidationContext,
  operation: OperationDefinitionNode,
): ReturnType<ValidationContext['getRecursiveVariableUsages']> {
  const declared = operation.variableDefinitions ?? [];
  const ints = new Set(declared.filter(isInt).map(({ variable }) => variable.name.value));
  return context.getRecursiveVariableUsages(operation).map((usage) => {
    const { node, type } = usage;
    if (!ints.has(node.name.value) || String(getNullableType(type)) !== 'Float') return usage;
    return { ...usage, type: isNonNullType(type) ? new GraphQLNonNull(GraphQLInt) : GraphQLInt };
  });
}

function isInt({ type }: VariableDefinitionNode): boolean {
  const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
  return named.kind === Kind.NAMED_TYPE && named.name.value === 'Int';
}
