import type { Definitions } from '../bundling/compose/json-schema.ts';
import type { PlatformRoutes } from '../bundling/compose/openapi.ts';
import { graphqlOperation, platformAnswers } from '../bundling/compose/openapi-platform.ts';
import type { ComposedPlugin } from '../bundling/compose/composed-plugin.ts';
import type { DescribedOperation, JsonSchema } from '../bundling/compose/types.ts';
import { code, json, linkTo, paragraphs, table } from './markdown.ts';
import { membersOf, type MemberRow, presetText, typeText, written } from './schema-text.ts';

/** An operation with its ways in. */
export interface ReferencedOperation {
  readonly name: string;
  readonly http?: { readonly method: string; readonly path: string } | undefined;
  readonly graphql?: { readonly kind: string; readonly field: string } | undefined;
  readonly scope?: string | undefined;
  readonly isInternal: boolean;
  readonly operation: DescribedOperation;
}

export const operationsOfPlugin = ({ manifest, description }: ComposedPlugin): ReferencedOperation[] =>
  Object.entries(manifest.operations).flatMap(([name, { http, graphql, scope, expose }]) => {
    const operation = description.operations[name];
    return operation ? [{ name, http, graphql, scope, isInternal: expose === 'internal', operation }] : [];
  });

export const operationsOfPlatform = (
  routes: PlatformRoutes,
  described: Readonly<Record<string, DescribedOperation>>,
): ReferencedOperation[] =>
  Object.entries(routes).map(([name, { method, path, scope }]) => {
    const operation = name === 'graphql' ? graphqlOperation : described[name];
    if (!operation) throw new Error(`the platform operation "${name}" is missing in its code`);
    const output = platformAnswers[name] ?? operation.output;
    return { name, http: { method, path }, scope, isInternal: false, operation: { ...operation, output } };
  });

const routeText = ({ http }: ReferencedOperation): string =>
  http ? code(`${http.method} ${http.path}`) : '';
const fieldText = ({ graphql }: ReferencedOperation): string =>
  graphql ? `${graphql.kind} ${code(graphql.field)}` : '';
const scopeText = ({ scope }: ReferencedOperation): string => (scope === undefined ? '' : code(scope));

/** All operations of one owner: a table of them, and a section on each. */
export function operationsSection(
  title: string,
  text: string,
  operations: readonly ReferencedOperation[],
  definitions: Definitions,
): string {
  const rows = operations.map((one) => [
    linkTo(one.name),
    routeText(one),
    fieldText(one),
    scopeText(one),
    one.operation.summary,
  ]);
  return paragraphs(
    `### ${title}`,
    text,
    table(['operation', 'HTTP', 'GraphQL', 'scope', 'what it does'], rows),
    ...operations.map((one) => operationSection(one, operations, definitions)),
  );
}

function operationSection(
  one: ReferencedOperation,
  all: readonly ReferencedOperation[],
  definitions: Definitions,
): string {
  const { operation, name } = one;
  const { summary, description = '', errors, example } = operation;
  return paragraphs(
    `#### ${name}`,
    `${summary}. ${description}`.trim(),
    waysIn(one),
    inputText(one, definitions),
    outputText(operation, definitions),
    refusalsText(Object.keys(errors), all),
    example
      ? `<details><summary>Example</summary>\n\n${json(example.input)}\n\n${json(example.output)}\n\n</details>`
      : '',
  );
}

/** An operation that may refuse with whatever any of its plugin does is not told apart from the others. */
function refusalsText(codes: readonly string[], all: readonly ReferencedOperation[]): string {
  if (codes.length === 0) return '';
  const every = new Set(all.flatMap(({ operation }) => Object.keys(operation.errors)));
  return codes.length > 10 && codes.length === every.size
    ? `Refusals of its own: those of its plugin, under ${linkTo('Errors')}.`
    : `Refusals of its own: ${codes.map(code).join(', ')}.`;
}

function waysIn(one: ReferencedOperation): string {
  const { successStatus, idempotency, conditional } = one.operation;
  const ways = [
    one.http && `${routeText(one)} answers ${successStatus}`,
    one.graphql && `GraphQL ${fieldText(one)}`,
    one.scope !== undefined && `scope ${scopeText(one)}`,
    idempotency === 'key' && 'takes an `Idempotency-Key`',
    conditional && 'needs an `If-Match`',
    one.isInternal && 'for other plugins alone',
  ].filter((way) => typeof way === 'string');
  return `${ways.join(' · ')}.`;
}

/** Where HTTP carries a member. */
function placeOf({ http, operation }: ReferencedOperation, path: string): string {
  if (http === undefined) return 'input';
  if (http.path.includes(`{${path}}`)) return 'path';
  if (operation.bodyMember === path) return 'the body';
  return http.method === 'GET' || http.method === 'DELETE' ? 'query' : 'body';
}

function inputText(one: ReferencedOperation, definitions: Definitions): string {
  const taken = definitions.take(one.operation.input);
  const rows = membersOf(definitions.resolve(taken)?.schema ?? taken);
  if (rows.length === 0) return 'It takes no input.';
  const cells = rows.map((row) => {
    const preset = presetText(row.preset);
    const need = row.required ? 'required' : preset === '' ? '' : `${preset} when left out`;
    return [code(row.path), placeOf(one, row.path.split(/[.[]/)[0] ?? ''), row.type, need, row.meaning];
  });
  return table(['input', 'in', 'type', '', 'meaning'], cells);
}

function outputText({ output }: DescribedOperation, definitions: Definitions): string {
  const body = definitions.take(output);
  if (definitions.resolve(body)) return `Answers with ${typeText(body)}.`;
  const rows = membersOf(body);
  return rows.length === 0 ? '' : paragraphs('Answers with', membersTable(rows));
}

export const membersTable = (rows: readonly MemberRow[]): string =>
  table(
    ['member', 'type', 'meaning'],
    rows.map(({ path, type, required, meaning }) => [
      code(path),
      required ? type : `${type}; may be absent`,
      meaning,
    ]),
  );

/** The types that operations share, each with its members or values. */
export function typesSection(definitions: Definitions): string {
  const all = Object.entries(definitions.all());
  return paragraphs('## Types', ...all.map(([id, schema]) => typeSection(id, schema)));
}

function typeSection(id: string, schema: JsonSchema): string {
  const { description = '', enum: values } = schema;
  const texts = (schema['x-enumDescriptions'] ?? {}) as Readonly<Record<string, string>>;
  const body = values
    ? table(
        ['value', 'meaning'],
        values.map((value) => [code(written(value)), texts[written(value)] ?? '']),
      )
    : membersTable(membersOf(schema));
  return paragraphs(`### ${id}`, description, body);
}
