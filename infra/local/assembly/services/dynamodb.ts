import type { KeyAttribute, TableResource } from '../../resources/dynamodb.ts';
import { TemplateProblem } from '../error.ts';
import { child, children, type Fields, flag, optionalText, refuse, text, texts } from '../fields.ts';
import { arnOf, type Identify, nameOf, type ResolvedStacks, type Resource, stableId } from '../resource.ts';
import { keyArnOf } from './kms.ts';

const TYPES = ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'] as const;

/** A stream's label is its creation time; here it never changes. */
const STREAM_LABEL = '2024-01-01T00:00:00.000';

const table: Identify = (resource) => {
  const name = nameOf(resource, 'TableName', 255);
  const arn = arnOf(resource, 'dynamodb', `table/${name}`);
  const hasStream = child(resource.properties, 'StreamSpecification') !== undefined;
  const stream = hasStream ? { StreamArn: `${arn}/stream/${STREAM_LABEL}` } : {};
  return { ref: name, name, arn, attributes: { Arn: arn, TableId: stableId(resource, 32), ...stream } };
};

export const DYNAMODB_TYPES: Readonly<Record<string, Identify>> = Object.fromEntries(
  TYPES.map((type) => [type, table]),
);

export function tablesOf(stacks: ResolvedStacks): readonly TableResource[] {
  return stacks
    .ofType(...TYPES)
    .map((resource) => ({ ...toTable(resource), kmsKeyArn: encryptionKeyOf(resource, stacks) }));
}

/** The key of a table, or of the replica that a global table has in the stack's own region. */
function encryptionKeyOf({ properties, env }: Resource, stacks: ResolvedStacks): string | undefined {
  const own = children(properties, 'Replicas').find((replica) => text(replica, 'Region') === env.region);
  const sse = child(own ?? properties, 'SSESpecification');
  return sse && keyArnOf(sse, 'KMSMasterKeyId', stacks);
}

function toTable(resource: Resource): TableResource {
  const { properties } = resource;
  refuse(properties, ['LocalSecondaryIndexes']);
  const types = new Map(
    children(properties, 'AttributeDefinitions').map((one) => [
      text(one, 'AttributeName'),
      text(one, 'AttributeType') as KeyAttribute['type'],
    ]),
  );
  const timeToLive = child(properties, 'TimeToLiveSpecification');
  const stream = child(properties, 'StreamSpecification');
  const streamArn = resource.attributes['StreamArn'];
  return {
    name: resource.name,
    arn: resource.arn,
    ...keySchemaOf(properties, types),
    indexes: children(properties, 'GlobalSecondaryIndexes').map((index) => ({
      name: text(index, 'IndexName'),
      ...keySchemaOf(index, types),
      projection: projectionOf(index),
    })),
    ttlAttribute:
      timeToLive && flag(timeToLive, 'Enabled', false) ? text(timeToLive, 'AttributeName') : undefined,
    streamArn: typeof streamArn === 'string' ? streamArn : undefined,
    streamView: stream && (optionalText(stream, 'StreamViewType') ?? 'NEW_AND_OLD_IMAGES'),
  };
}

function projectionOf(index: Fields): TableResource['indexes'][number]['projection'] {
  const projection = child(index, 'Projection');
  const ProjectionType = (projection && optionalText(projection, 'ProjectionType')) ?? 'ALL';
  const attributes = projection === undefined ? [] : texts(projection, 'NonKeyAttributes');
  return attributes.length === 0 ? { ProjectionType } : { ProjectionType, NonKeyAttributes: attributes };
}

function keySchemaOf(
  fields: Fields,
  types: ReadonlyMap<string, KeyAttribute['type']>,
): Pick<TableResource, 'partitionKey' | 'sortKey'> {
  const path = `${fields.path}.KeySchema`;
  const keyOf = (keyType: string): KeyAttribute | undefined => {
    const [found, ...more] = children(fields, 'KeySchema').filter((key) => text(key, 'KeyType') === keyType);
    if (more.length > 0)
      throw new TemplateProblem(path, `more than one ${keyType} attribute is not supported`);
    if (found === undefined) return undefined;
    const name = text(found, 'AttributeName');
    const type = types.get(name);
    if (type === undefined) throw new TemplateProblem(path, `attribute ${name} is not defined`);
    return { name, type };
  };
  const partitionKey = keyOf('HASH');
  if (partitionKey === undefined) throw new TemplateProblem(path, 'there is no HASH attribute');
  return { partitionKey, sortKey: keyOf('RANGE') };
}
