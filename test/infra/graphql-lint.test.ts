import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { schemaFile } from '#infra/bundling/compose/export-graphql.ts';

interface Settings {
  getRules(): readonly unknown[];
}
interface Schema {
  readonly definition: string;
}
interface Linter {
  readonly configuration: {
    readonly Configuration: new (schema: Schema, options: { readonly rules: readonly string[] }) => Settings;
  };
  readonly validator: {
    validateSchemaDefinition(
      schema: Schema,
      rules: readonly unknown[],
      configuration: Settings,
    ): readonly { readonly ruleName: string; readonly message: string }[];
  };
}

// A CommonJS package without types.
const { configuration, validator } = createRequire(import.meta.url)('graphql-schema-linter') as Linter;

/**
 * All rules of graphql-schema-linter but these: values of enums are the same texts as over HTTP, fields stand in the
 * order of the operation's own schema, and lists have a cursor of their own instead of Relay's connections.
 */
const RULES = [
  'arguments-have-descriptions',
  'defined-types-are-used',
  'deprecations-have-a-reason',
  'descriptions-are-capitalized',
  'enum-values-have-descriptions',
  'fields-are-camel-cased',
  'fields-have-descriptions',
  'input-object-values-are-camel-cased',
  'input-object-values-have-descriptions',
  'types-are-capitalized',
  'types-have-descriptions',
];

function lint(definition: string): string[] {
  const schema = { definition };
  const settings = new configuration.Configuration(schema, { rules: RULES });
  return validator
    .validateSchemaDefinition(schema, settings.getRules(), settings)
    .map(({ ruleName, message }) => `${ruleName}: ${message}`);
}

test('the schema of the plugins here is without fault for a common linter', () => {
  expect(lint(readFileSync(schemaFile, 'utf8'))).toEqual([]);
});

test('the type Subscription of a plugin is not the root type of GraphQL subscriptions', () => {
  const schema = buildSchema(readFileSync(schemaFile, 'utf8'));
  expect(schema.getType('Subscription')).toBeDefined();
  expect(schema.getSubscriptionType()).toBeUndefined();
});

test('would not be without descriptions, or with other names', () => {
  const found = lint('type Query { Bad_name: Int @deprecated  } enum Kind { a } type unit { a: Int }').map(
    (finding) => finding.split(':')[0],
  );
  expect(found).toEqual(
    expect.arrayContaining([
      'types-have-descriptions',
      'fields-have-descriptions',
      'fields-are-camel-cased',
      'deprecations-have-a-reason',
      'enum-values-have-descriptions',
      'defined-types-are-used',
      'types-are-capitalized',
    ]),
  );
});
