import { code, paragraphs, table } from './markdown.ts';
import { manifestFields } from './manifest-fields.ts';
import { onAws } from './on-aws.ts';

/** Every field of plugin.json. @throws Error when `onAws` lacks one, or has one that is none */
export function manifestSection(schema: object): string {
  const fields = manifestFields(schema);
  const paths = new Set(fields.map(([path]) => path));
  const wrong = [
    ...[...paths].filter((path) => onAws[path] === undefined),
    ...Object.keys(onAws).filter((path) => !paths.has(path)),
  ];
  if (wrong.length > 0) {
    throw new Error(
      `infra/docs/on-aws.ts has to say what each field becomes, and no other: ${wrong.join(', ')}`,
    );
  }
  return paragraphs(
    '## The manifest',
    'Every field of `plugin.json`, from [plugin.schema.json](../infra/manifest/plugin.schema.json); any other is refused. ' +
      '`<name>` is a name of your choice: camelCase for operations and subscriptions, kebab-case where the table does not ' +
      'say otherwise. What the fields mean together is in [the guide](DEVELOPMENT_GUIDE.md#the-manifest).',
    table(
      ['field', 'value', 'meaning', 'becomes on AWS'],
      fields.map(([path, value, meaning]) => [code(path), value, meaning, onAws[path] ?? '']),
    ),
  );
}
