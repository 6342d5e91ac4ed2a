import type { EventContract } from '#events/catalog/contract.ts';
import { catalog } from '#events/catalog/index.ts';
import { schemaText } from '#events/export.ts';
import type { JsonSchema } from '../bundling/compose/types.ts';
import type { ComposedPlugin } from '../bundling/compose/composed-plugin.ts';
import { platformEvents } from '../manifest/platform-events.ts';
import { membersTable } from './operations.ts';
import { code, paragraphs, table } from './markdown.ts';
import { membersOf } from './schema-text.ts';

interface Owner {
  readonly name: string;
  readonly publishes: readonly { readonly type: string; readonly version: string }[];
}

const schemaOf = (contract: EventContract<unknown>): JsonSchema =>
  JSON.parse(schemaText(contract)) as JsonSchema;

/** What every event has around its data. */
function envelopeTable(contract: EventContract<unknown>): string {
  const texts: Readonly<Record<string, string>> = {
    id: '`<aggregate id>:<sequence>:<n>`, the same on every redelivery.',
    type: 'The detail type.',
    occurredAt: 'When the change was committed.',
    tenant: 'Whose change it is.',
    'aggregate.type': 'What has changed, such as `payment`.',
    'aggregate.id': 'Its id.',
    sequence: 'Without a gap for each aggregate, from 1.',
    eventsInChange: 'How many events the change has, when there are several.',
    'cause.kind': 'Who caused it: a call, a webhook, or the reconciler.',
    'cause.id': 'The request, the event of the provider, or the run.',
    traceparent: 'The trace of the change.',
    data: 'The members below.',
  };
  const rows = membersOf(schemaOf(contract)).filter(({ path }) => !path.startsWith('data.'));
  return membersTable(
    rows.map((row) => ({
      ...row,
      type: row.path === 'type' ? 'text' : row.type,
      meaning: texts[row.path] ?? '',
    })),
  );
}

function eventRow(contract: EventContract<unknown>, owners: readonly Owner[]): string[] {
  const { detailType, version, type, summary } = contract;
  const owner = owners.find(({ publishes }) =>
    publishes.some((one) => one.type === type && one.version === version),
  );
  const members = membersOf(schemaOf(contract).properties?.['data'] ?? {}).filter(
    ({ path }) => !/[.[]/.test(path),
  );
  const names = members.map(({ path, required }) => code(required ? path : `${path}?`)).join(', ');
  const files = `[schema](../events/schemas/${detailType}.json), [sample](../events/samples/${detailType}.json)`;
  return [code(detailType), version, owner?.name ?? '-', summary, names, files];
}

/** Every contract of the catalogue, with who publishes it. */
export function eventsSection(plugins: readonly ComposedPlugin[]): string {
  const owners: Owner[] = [
    { name: 'platform', publishes: platformEvents },
    ...plugins.map(({ manifest }) => ({ name: manifest.name, publishes: manifest.events.publishes })),
  ];
  const [first] = catalog;
  return paragraphs(
    '## Events',
    'They reach the bus `anineeplus-<stage>` under the source `anineeplus.<stage>.<plugin>`. A member or an enum value ' +
      'that is new raises the minor version, so take no notice of what you do not know; anything else is another ' +
      'contract. How to receive them is in [the guide](DEVELOPMENT_GUIDE.md#receiving-events).',
    '### Envelope',
    'The `detail` of every event:',
    first ? envelopeTable(first) : '',
    '### Catalogue',
    'A `?` marks what may be absent from `data`.',
    table(
      ['detail type', 'version', 'publisher', 'when', 'members of `data`', 'files'],
      catalog.map((contract) => eventRow(contract, owners)),
    ),
  );
}
