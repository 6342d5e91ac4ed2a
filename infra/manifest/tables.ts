import * as z from 'zod';
import * as name from './names.ts';

const keys = {
  partitionKey: name.attribute('Attribute that is the partition key; a string.'),
  sortKey: name.attribute('Attribute that is the sort key; a string.').optional(),
};

/** The keys of table and index are always copied; DynamoDB counts at most 100 other attributes. */
const index = z
  .strictObject({
    ...keys,
    projection: z
      .enum(['ALL', 'KEYS_ONLY', 'INCLUDE'])
      .default('ALL')
      .describe('Attributes that the index copies: all, its keys and those of the table, or some more.'),
    nonKeyAttributes: z
      .array(name.attribute('Attribute that the index copies.'))
      .min(1, 'at least one attribute')
      .max(100, 'at most 100 attributes')
      .refine((names) => new Set(names).size === names.length, 'each attribute once')
      .optional()
      .describe('Attributes that the index copies beside the keys, with the projection INCLUDE.'),
  })
  .refine(({ projection, nonKeyAttributes }) => projection !== 'INCLUDE' || nonKeyAttributes !== undefined, {
    error: 'attributes, with the projection "INCLUDE"',
    path: ['nonKeyAttributes'],
  })
  .refine(({ projection, nonKeyAttributes }) => projection === 'INCLUDE' || nonKeyAttributes === undefined, {
    error: 'no attributes: only the projection "INCLUDE" names some',
    path: ['nonKeyAttributes'],
  })
  .describe('A global secondary index.');

const stream = z.strictObject({
  view: z.enum(['NEW_IMAGE', 'NEW_AND_OLD_IMAGES']).describe('What a stream record holds.'),
  relay: z
    .strictObject({
      sortKeyPrefix: name.line(
        'New items whose sort key starts so are outbox items, whose events are published.',
      ),
    })
    .describe('Publishes outbox items to the event bus.'),
});

/** A DynamoDB table, as the manifest declares it. */
export const table = z
  .strictObject({
    ...keys,
    ttl: name.attribute('Attribute with the expiry, in seconds since 1970.').optional(),
    indexes: z
      .record(name.kebabName('Name of the index.'), index)
      .default({})
      .describe('Global secondary indexes, by name.'),
    stream: stream.optional().describe('Stream of changes.'),
  })
  .refine((value) => value.stream === undefined || value.sortKey !== undefined, {
    error: 'a sort key, which the relay of the stream looks at',
    path: ['sortKey'],
  })
  .refine(
    ({ indexes, ...tableKeys }) =>
      Object.values(indexes).every(({ nonKeyAttributes = [], ...own }) =>
        [tableKeys.partitionKey, tableKeys.sortKey, own.partitionKey, own.sortKey].every(
          (key) => key === undefined || !nonKeyAttributes.includes(key),
        ),
      ),
    { error: 'nonKeyAttributes without keys, which an index always copies', path: ['indexes'] },
  )
  .describe('A DynamoDB table with point-in-time recovery.');
