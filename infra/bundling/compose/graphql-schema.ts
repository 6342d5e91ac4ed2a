import { buildSchema, validateSchema } from 'graphql';
import { description, scalars } from './graphql-text.ts';
import { createGraphqlTypes, type GraphqlTypes } from './graphql-types.ts';
import { createDefinitions, type Definitions } from './json-schema.ts';
import type { ComposedPlugin } from './composed-plugin.ts';
import type { DescribedOperation } from './types.ts';

interface GraphqlField {
  readonly plugin: string;
  /** Key of the function in its plugin's manifest. */
  readonly function: string;
  readonly operation: string;
  readonly idempotency: 'key' | 'none';
}

/** The schema, with descriptions, and behind which function each field stands. */
interface GraphqlData {
  readonly sdl: string;
  /** By `Query.<field>` or `Mutation.<field>`. */
  readonly fields: Readonly<Record<string, GraphqlField>>;
}

function fieldSdl(
  field: string,
  operation: DescribedOperation,
  mutation: boolean,
  types: GraphqlTypes,
  definitions: Definitions,
): string {
  const name = `${field.charAt(0).toUpperCase()}${field.slice(1)}`;
  const members = types.members(definitions.take(operation.input), 'input', name, '    ');
  if (mutation && operation.idempotency === 'key') {
    members.push(
      '    """Repeats of the call with the same key have one effect."""\n    idempotencyKey: String',
    );
  }
  const given = members.length > 0 ? `(\n${members.join('\n')}\n  )` : '';
  const type = types.typeOf(definitions.take(operation.output), 'output', name, true);
  return `${description(operation.summary, '  ')}  ${field}${given}: ${type}`;
}

const rootTexts = {
  Query: 'What can be read.',
  Mutation: 'What can be changed; several mutations of one document run in their order.',
};

/** Builds one GraphQL schema of all public operations. @throws Error when the parts do not make a valid schema */
export function composeGraphql(plugins: readonly ComposedPlugin[]): GraphqlData {
  const definitions = createDefinitions();
  const types = createGraphqlTypes(definitions);
  const roots = { Query: [] as string[], Mutation: [] as string[] };
  const fields: Record<string, GraphqlField> = {};
  for (const { manifest, description: code } of plugins) {
    for (const [operation, declared] of Object.entries(manifest.operations)) {
      const described = code.operations[operation];
      if (!declared.graphql || declared.expose === 'internal' || !described) continue;
      const { kind, field } = declared.graphql;
      const root = kind === 'mutation' ? 'Mutation' : 'Query';
      roots[root].push(fieldSdl(field, described, kind === 'mutation', types, definitions));
      fields[`${root}.${field}`] = {
        plugin: manifest.name,
        function: declared.function,
        operation,
        idempotency: described.idempotency,
      };
    }
  }
  // GraphQL demands a query type even where every operation is a mutation.
  if (roots.Query.length === 0)
    roots.Query.push('  """Always null: no plugin has a query."""\n  none: Boolean');
  const rootTypes = Object.entries(roots).filter(([, members]) => members.length > 0);
  const sdl = [
    // Without it, a plugin's type that is called Subscription would be the root type of GraphQL subscriptions.
    `schema {\n${rootTypes.map(([name]) => `  ${name.toLowerCase()}: ${name}`).join('\n')}\n}`,
    ...Object.entries(scalars).map(([name, text]) => `${description(text)}scalar ${name}`),
    ...rootTypes.map(
      ([name, members]) =>
        `${description(rootTexts[name as keyof typeof roots])}type ${name} {\n${members.join('\n')}\n}`,
    ),
    ...types.sdl(),
  ].join('\n\n');
  const [error] = validateSchema(buildSchema(sdl));
  if (error) throw new Error(`The plugins do not make a valid GraphQL schema: ${error.message}`);
  return { sdl: `${sdl}\n`, fields };
}
