import { screamingSnake } from '#runtime/screaming-snake.ts';
import type { ComposedPlugin } from '../bundling/compose/composed-plugin.ts';
import { code, paragraphs, table } from './markdown.ts';
import { type MemberRow, membersOf, presetText } from './schema-text.ts';

/** `CONFIGURATION.md` of a plugin; undefined for one without a configuration. */
export function configurationPage({ manifest, description }: ComposedPlugin): string | undefined {
  const { config } = description;
  if (manifest.config === undefined || config === undefined) return undefined;
  const { envPrefix, version } = manifest.config;
  const leaves = new Map(config.leaves.map((leaf) => [leaf.path.join('.'), leaf]));
  const rows = membersOf(config.schema).map((row) => {
    const leaf = leaves.get(row.path);
    const variable = leaf && `${envPrefix}_${screamingSnake(row.path)}`;
    return [code(row.path), typeOf(row), presetText(row.preset), variable ? code(variable) : '', row.meaning];
  });
  const secrets = config.leaves.filter(({ secret }) => secret).map(({ path }) => code(path.join('.')));
  return `${paragraphs(
    `# Configuration of ${manifest.name}`,
    '<!-- Written by `npm run schemas` from the schema of the configuration: change that, not this page. -->',
    `Version ${version} of its shape. Four sources are read, each going before the one above it:`,
    [
      '1. what stands under "when left out"',
      '2. `config/<stage>.json` in the folder of the plugin',
      `3. the secret ${code(`anineeplus/<stage>/plugins/${manifest.name}`)}`,
      '4. variables of the environment, locally those in `.env` too',
    ].join('\n'),
    'Everything can be changed while the plugin runs, by ' +
      `${code(`npm run config -- set ${manifest.name} <key>=<value>`)} or ` +
      `${code(`PATCH /plugins/${manifest.name}/config`)}: a change that the plugin cannot work with is refused, and the ` +
      'versions before stay to be rolled back to.',
    secrets.length === 0
      ? ''
      : `Secret are ${secrets.join(', ')}: no answer, log or history shows them, a file of the repository must not have ` +
          'them, and on AWS no variable sets them unless the context `config.secretOverrides` is `allow`.',
    table(['key', 'value', 'when left out', 'environment', 'meaning'], rows),
    'A variable is text: JSON for a list or an object, and commas between the members of a list of texts.',
  )}\n`;
}

const typeOf = ({ type, required, secret }: MemberRow): string =>
  [type, secret && 'secret', required && 'required'].filter(Boolean).join('; ');
