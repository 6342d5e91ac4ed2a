import {
  getOperationAST,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type SelectionSetNode,
} from 'graphql';

type HeaderKey =
  | { readonly ok: true; readonly key: string | undefined }
  | { readonly ok: false; readonly error: GraphQLError };

/**
 * The header's key for the one mutation that it can mean. Queries ignore it; with several mutations each needs its own
 * argument, because one key for two payments would lose one of them.
 */
export function headerKey(
  document: DocumentNode,
  operationName: string | undefined,
  key: string | undefined,
): HeaderKey {
  const operation = getOperationAST(document, operationName);
  if (key === undefined || operation?.operation !== OperationTypeNode.MUTATION)
    return { ok: true, key: undefined };
  const fields = rootFields(document, operation.selectionSet);
  if (fields.length === 1) return { ok: true, key };
  const bare = fields.some((field) => !field.arguments?.some(({ name }) => name.value === 'idempotencyKey'));
  if (!bare) return { ok: true, key: undefined };
  const message =
    'The Idempotency-Key header cannot stand for several mutations; give each an idempotencyKey argument.';
  return {
    ok: false,
    error: new GraphQLError(message, { extensions: { code: 'idempotency-key-invalid' } }),
  };
}

function rootFields(document: DocumentNode, set: SelectionSetNode): FieldNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(document, selection.selectionSet);
    const fragment = document.definitions.find(
      (definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION ? rootFields(document, fragment.selectionSet) : [];
  });
}
