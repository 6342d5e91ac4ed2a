import {
  GraphQLError,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { GraphqlCode } from './errors.ts';

export const MAX_QUERY_BYTES = 16_384;
export const MAX_TOKENS = 4000;
const MAX_DEPTH = 10;
const MAX_ALIASES = 15;
/** Each root field is a call of a function. */
const MAX_ROOT_FIELDS = 15;

interface Measure {
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
}

/** How deep a validated document goes and how often it renames; fragments count wherever they are spread. */
export function boundErrors(document: DocumentNode): GraphQLError[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  // Without memory, fragments that spread fragments twice would take exponential time to count.
  const measured = new Map<string, Measure>();

  function fragment(name: string): Measure {
    const known = measured.get(name);
    if (known) return known;
    const definition = fragments.get(name);
    const found = definition ? measure(definition.selectionSet) : { depth: 0, aliases: 0, fields: 0 };
    measured.set(name, found);
    return found;
  }

  function measure(set: SelectionSetNode): Measure {
    let depth = 0;
    let aliases = 0;
    let fields = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        // Introspection nests deeper than any data and reaches none.
        const inner =
          selection.selectionSet && !selection.name.value.startsWith('__')
            ? measure(selection.selectionSet)
            : undefined;
        depth = Math.max(depth, 1 + (inner?.depth ?? 0));
        aliases += (selection.alias ? 1 : 0) + (inner?.aliases ?? 0);
        fields += 1;
      } else {
        const inner =
          selection.kind === Kind.FRAGMENT_SPREAD
            ? fragment(selection.name.value)
            : measure(selection.selectionSet);
        depth = Math.max(depth, inner.depth);
        aliases += inner.aliases;
        fields += inner.fields;
      }
    }
    return { depth, aliases, fields };
  }

  const errors: GraphQLError[] = [];
  const refuse = (what: string, given: number, allowed: number): void => {
    if (given <= allowed) return;
    const extensions = { code: 'graphql-limit-exceeded' satisfies GraphqlCode };
    errors.push(
      new GraphQLError(`The document has ${given} ${what}; ${allowed} are allowed.`, { extensions }),
    );
  };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, aliases, fields } = measure(definition.selectionSet);
    refuse('levels', depth, MAX_DEPTH);
    refuse('aliases', aliases, MAX_ALIASES);
    refuse('root fields', fields, MAX_ROOT_FIELDS);
  }
  return errors;
}
