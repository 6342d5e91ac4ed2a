import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { editorExamples } from './editor-examples.ts';
import { manifestSchema } from './schema.ts';

/** The parts of a JSON Schema that hold others, and what editors show. */
interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: boolean | Node;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

const shown = (value: unknown): string =>
  typeof value === 'object'
    ? `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``
    : `\`${JSON.stringify(value)}\``;

/** What VS Code shows over a field: it shows no examples and no defaults by itself. */
function hoverOf({ description, default: preset }: Node, examples: readonly unknown[]): string {
  const isPlain = preset !== undefined && typeof preset !== 'object';
  return [
    description,
    isPlain && `When left out: ${shown(preset)}`,
    ...examples
      .slice(0, 2)
      .map((example) => `Example: ${typeof example === 'object' ? '\n' : ''}${shown(example)}`),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** The schema with the examples of each field. @param path of the field, as `editorExamples` writes it */
function forEditors(node: Node, path: string): Node {
  const under = (name: string) => (path === '' ? name : `${path}.${name}`);
  const { properties, additionalProperties, items, anyOf } = node;
  const examples = editorExamples[path];
  return {
    ...node,
    ...(examples && { examples, markdownDescription: hoverOf(node, examples) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, member]) => [name, forEditors(member, under(name))]),
      ),
    }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: forEditors(additionalProperties, under('<name>')),
    }),
    ...(items && { items: forEditors(items, `${path}[]`) }),
    // Each form of a field is the field: what it is and its examples stand beside `anyOf`, once.
    ...(anyOf && { anyOf: anyOf.map((form) => withoutOwn(forEditors(form, path))) }),
  };
}

function withoutOwn(
  node: Node & { readonly examples?: unknown; readonly markdownDescription?: string },
): Node {
  const { examples: _examples, markdownDescription: _markdown, ...rest } = node;
  return rest;
}

/** The JSON Schema of plugin.json (draft 2020-12), from which editors complete and check. */
export function manifestSchemaText(): string {
  const schema = z.toJSONSchema(manifestSchema, { io: 'input', target: 'draft-2020-12' }) as Node;
  return `${JSON.stringify(forEditors(schema, ''), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'plugin.schema.json'), manifestSchemaText());
