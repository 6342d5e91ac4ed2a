import {
  GraphQLError,
  Kind,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

export const MAX_QUERY_BYTES = 16_384;
export const MAX_TOKENS = 4000;
const MAX_DEPTH = 10;
const MAX_ALIASES = 15;
/** Each root field is a call of a function. */
const MAX_ROOT_FIELDS = 15;
/** Fields and spreads as they are written; fields of one name are compared with each other. */
const MAX_SELECTIONS = 1000;
/** Operations and fragments. */
const MAX_DEFINITIONS = 50;
const MAX_VARIABLES = 100;
const MAX_DIRECTIVES = 50;
/** At one field, fragment or operation. */
const MAX_DIRECTIVES_AT = 4;
/** In one list, of the document or of its variables. */
const MAX_LIST_ITEMS = 1000;

type Refuse = (what: string, given: number, allowed: number) => void;

/** Collects refusals, each kind of them once. */
function refusals() {
  const errors = new Map<string, GraphQLError>();
  const refuse: Refuse = (what, given, allowed) => {
    if (given <= allowed || errors.has(what)) return;
    const message = `The request has ${given} ${what}; ${allowed} are allowed.`;
    errors.set(what, new GraphQLError(message, { extensions: { code: 'graphql-limit-exceeded' } }));
  };
  return { refuse, errors: () => [...errors.values()] };
}

/**
 * What of a document is more than is allowed, before it is validated: what is refused here costs no more than it took to
 * read it.
 */
export function boundErrors(document: DocumentNode): readonly GraphQLError[] {
  const { refuse, errors } = refusals();
  refuseSize(document, refuse);
  const measure = measurer(document);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, aliases, fields } = measure(definition.selectionSet);
    refuse('levels', depth, MAX_DEPTH);
    refuse('aliases', aliases, MAX_ALIASES);
    refuse('root fields', fields, MAX_ROOT_FIELDS);
  }
  return errors();
}

/** Counts what is written, whether it is used or not. */
function refuseSize(document: DocumentNode, refuse: Refuse): void {
  let [selections, variables, directives] = [0, 0, 0];
  visit(document, {
    enter(node) {
      if (node.kind === Kind.SELECTION_SET) selections += node.selections.length;
      if (node.kind === Kind.VARIABLE_DEFINITION) variables += 1;
      if (node.kind === Kind.LIST) refuse('items in a list', node.values.length, MAX_LIST_ITEMS);
      if (!('directives' in node)) return;
      directives += node.directives?.length ?? 0;
      refuse('directives at one place', node.directives?.length ?? 0, MAX_DIRECTIVES_AT);
    },
  });
  refuse('fields and spreads', selections, MAX_SELECTIONS);
  refuse('operations and fragments', document.definitions.length, MAX_DEFINITIONS);
  refuse('variables', variables, MAX_VARIABLES);
  refuse('directives', directives, MAX_DIRECTIVES);
}

interface Measure {
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
}
const NOTHING: Measure = { depth: 0, aliases: 0, fields: 0 };

/** Tells how deep selections go and how often they rename; fragments count wherever they are spread. */
function measurer({ definitions }: DocumentNode): (set: SelectionSetNode) => Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  // Without memory, fragments that spread fragments twice would take exponential time to count.
  const measured = new Map<string, Measure>();

  function fragment(name: string): Measure {
    const known = measured.get(name);
    if (known) return known;
    // One that spreads itself is refused by validation.
    measured.set(name, NOTHING);
    const definition = fragments.get(name);
    const found = definition ? measure(definition.selectionSet) : NOTHING;
    measured.set(name, found);
    return found;
  }

  function measure(set: SelectionSetNode): Measure {
    let { depth, aliases, fields } = NOTHING;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const inner = selection.selectionSet ? measure(selection.selectionSet) : NOTHING;
        // Introspection nests deeper than any data; how deep is a rule of validation.
        const isIntrospection = selection.name.value.startsWith('__');
        depth = Math.max(depth, 1 + (isIntrospection ? 0 : inner.depth));
        aliases += (selection.alias ? 1 : 0) + inner.aliases;
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
  return measure;
}

/** What of a request's variables is more than is allowed. */
export function variableErrors(variables: unknown): readonly GraphQLError[] {
  const { refuse, errors } = refusals();
  const refuseIn = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) refuse('items in a list', value.length, MAX_LIST_ITEMS);
    Object.values(value).forEach(refuseIn);
  };
  refuseIn(variables);
  return errors();
}
