import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { getLanguageService, TextDocument } from 'vscode-json-languageservice';
import * as z from 'zod';
import { editorExamples } from '#infra/manifest/editor-examples.ts';
import { schemaAt } from '#infra/manifest/issues.ts';
import { manifestSchema } from '#infra/manifest/schema.ts';

/** Editors know plugin.json by its JSON Schema alone: here is what VS Code's own service makes of it. */
const root = join(import.meta.dirname, '..', '..', '..', '..');
const exported: unknown = JSON.parse(readFileSync(join(root, 'infra/manifest/plugin.schema.json'), 'utf8'));

interface Node {
  readonly $ref?: string;
  readonly description?: string;
  readonly markdownDescription?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly propertyNames?: Node;
  readonly additionalProperties?: boolean | Node;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/** Every field with its path, members of records and lists among them; several forms of a field are one. */
function fieldsOf(node: Node, path = ''): readonly (readonly [path: string, field: Node])[] {
  // What goes to AWS as it is has a schema that stands for any JSON.
  if (node.$ref !== undefined) return [];
  const under = (name: string) => (path === '' ? name : `${path}.${name}`);
  const { properties = {}, additionalProperties: members, items, anyOf = [] } = node;
  const inside = [
    ...Object.entries(properties).map(([name, member]) => [under(name), member] as const),
    ...(typeof members === 'object' && members.$ref === undefined
      ? ([[under('<name>'), members]] as const)
      : []),
    ...(items ? ([[`${path}[]`, items]] as const) : []),
  ];
  return [
    ...inside.flatMap(([at, member]) => [[at, member] as const, ...fieldsOf(member, at)]),
    ...anyOf.flatMap((form) => fieldsOf(form, path)),
  ];
}

const fields = fieldsOf(exported as Node);

describe('the JSON Schema of plugin.json', () => {
  it('has a description and examples for every field', () => {
    expect(fields.length).toBeGreaterThan(100);
    const bare = fields.filter(
      ([, { description, markdownDescription, examples = [] }]) =>
        !description || !markdownDescription || examples.length === 0,
    );
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('describes the names of records', () => {
    const unnamed = fields.filter(
      ([, { propertyNames, additionalProperties }]) =>
        propertyNames !== undefined &&
        (additionalProperties as Node).$ref === undefined &&
        !propertyNames.description,
    );
    expect(unnamed.map(([path]) => path)).toEqual([]);
  });

  it('has no examples of fields that do not exist', () => {
    const known = new Set(fields.map(([path]) => path));
    expect(Object.keys(editorExamples).filter((path) => !known.has(path))).toEqual([]);
  });

  it.each(fields)('has valid examples of %s', (path, field) => {
    const parts = path
      .replaceAll('[]', '.0')
      .split('.')
      .map((part) => (part === '0' ? 0 : part));
    // A field of one of several forms has no single place in the schema of the code.
    const schema =
      schemaAt(parts, manifestSchema) ?? z.fromJSONSchema(field as Parameters<typeof z.fromJSONSchema>[0]);
    for (const example of field.examples ?? []) expect(schema.safeParse(example).error).toBeUndefined();
  });
});

/** A manifest with the cursor at `|`, as an editor has it open in the folder of a plugin. */
function open(textWithCursor: string) {
  const offset = textWithCursor.indexOf('|');
  const text = textWithCursor.replace('|', '');
  const uri = new URL(`file://${root}/plugins/greeter/plugin.json`).href;
  const service = getLanguageService({
    schemaRequestService: async (asked) => readFileSync(fileURLToPath(asked), 'utf8'),
    workspaceContext: { resolveRelativePath: (path, base) => new URL(path, base).href },
  });
  const document = TextDocument.create(uri, 'json', 1, text);
  const json = service.parseJSONDocument(document);
  const position = document.positionAt(offset);
  const proposals = async () => {
    const list = await service.doComplete(document, position, json);
    return (list?.items ?? []).map(({ label }) => label);
  };
  const hover = async () => {
    const found = await service.doHover(document, position, json);
    return ((found?.contents ?? []) as readonly string[]).join('\n');
  };
  const problems = async () => {
    const found = await service.doValidation(document, json, { schemaValidation: 'error' });
    return found.map(({ message, range }) => [document.getText(range), message]);
  };
  return { proposals, hover, problems };
}

const head = '"$schema": "../../infra/manifest/plugin.schema.json"';
const manifest = (rest: string) =>
  `{ ${head}, "manifestVersion": 1, "name": "greeter", "version": "1.0.0", "description": "Greets.",
     "author": "Ada", "engine": "^1.0.0", ${rest} }`;

describe('VS Code, by the $schema of a plugin', () => {
  it('completes the fields of the manifest', async () => {
    const proposals = await open(`{ ${head}, | }`).proposals();
    expect([...proposals].sort()).toEqual(
      Object.keys(manifestSchema.shape)
        .filter((name) => name !== '$schema')
        .sort(),
    );
  });

  it.each([
    ['"operations": { "greet": { | } }', ['http', 'graphql', 'scope', 'expose', 'function']],
    ['"operations": { "greet": { "http": { "method": | } } }', ['"GET"', '"POST"', '"DELETE"']],
    ['"tables": { "greetings": { | } }', ['partitionKey', 'sortKey', 'ttl', 'indexes', 'stream']],
    ['"permissions": { "api": [|] }', ['"table:greetings:read"', '"call:payment.getPayment"']],
    ['"deploy": { "strategy": | }', ['"allAtOnce"', '"canary10Percent5Minutes"']],
    ['"schedules": { "tidy": { "rate": | } }', ['"5 minutes"', '"1 day"']],
    ['"functions": { "api": { "memoryMb": | } }', ['256', '512', '1024']],
    ['"observability": { "defaults": { | } }', ['duration', 'throttles', 'webhook-rejections']],
    ['"sandbox": { "acme": { "config": { "a": { | } } } }', ['generate', 'origin']],
  ])('completes %s', async (rest, expected) => {
    expect(await open(manifest(rest)).proposals()).toEqual(expect.arrayContaining(expected));
  });

  it.each([
    ['"oper|ations": {}', 'Use cases, by name'],
    ['"functions": { "api": { "mem|oryMb": 512 } }', 'When left out: `256`'],
    ['"permissions": { "api": ["table:gree|tings:read"] }', 'Example: `"table:greetings:write"`'],
    ['"tables": { "gree|tings": {} }', '"partitionKey": "PK"'],
  ])('explains %s under the pointer', async (rest, expected) => {
    expect(await open(manifest(rest)).hover()).toContain(expected);
  });

  it.each([
    ['"tabels": {}', '"tabels"', 'Property tabels is not allowed.'],
    [
      '"permissions": { "api": ["table:greetings:raed"] }',
      '"table:greetings:raed"',
      'Allowed: one of table:',
    ],
    [
      '"permissions": { "api": ["tabel:greetings:read"] }',
      '"tabel:greetings:read"',
      'Allowed: one of table:',
    ],
    [
      '"events": { "publishes": [{ "type": "greeting", "version": "1.0.0" }] }',
      '"greeting"',
      'dotted lower case',
    ],
    ['"events": { "publishes": [{ "type": "a.b", "version": "1.0" }] }', '"1.0"', 'a full semantic version'],
    ['"tables": { "Greetings": { "partitionKey": "PK" } }', '"Greetings"', 'lower case letters'],
    ['"functions": { "api": { "entry": "functions/api.ts", "memoryMb": 64 } }', '64', '128'],
    ['"operations": { "greet": {} }', '"greet"', 'scope'],
    ['"deploy": { "strategy": "canary" }', '"canary"', 'canary10Percent5Minutes'],
  ])('marks %s', async (rest, where, message) => {
    const problems = await open(manifest(rest)).problems();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.[1]).toContain(message);
    expect(where).toContain(problems[0]?.[0]);
  });

  it.each(['plugins/payment', 'plugins/examples/simple-plugin', 'plugins/examples/advanced-plugin'])(
    'has nothing to say against %s',
    async (folder) => {
      const text = readFileSync(join(root, folder, 'plugin.json'), 'utf8');
      const absolute = new URL(`file://${root}/infra/manifest/plugin.schema.json`).href;
      const { problems } = open(text.replace(/"\$schema": "[^"]+"/, `"$schema": "${absolute}"`));
      expect(await problems()).toEqual([]);
    },
  );
});
