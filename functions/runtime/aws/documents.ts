import { randomUUID } from 'node:crypto';
import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { once } from '../once.ts';
import { attributesFrom, type Attributes, fromJson, toJson } from './attributes.ts';
import { AwsError } from './aws-error.ts';
import type { AwsClientOptions } from './client.ts';
import type * as documents from './document-types.ts';
import { createJsonCalls } from './json-calls.ts';

type Json = Readonly<Record<string, unknown>>;

/** Members of inputs and of answers that hold plain values where DynamoDB has typed ones. */
const ATTRIBUTES = [
  'Key',
  'Item',
  'ExpressionAttributeValues',
  'ExclusiveStartKey',
  'LastEvaluatedKey',
  'Attributes',
] as const;

/** A part of an input, with its plain values as DynamoDB reads them. */
function written(part: object): Json {
  const json: Record<string, unknown> = { ...part };
  for (const name of ATTRIBUTES) {
    if (json[name] !== undefined) json[name] = toJson(json[name] as Attributes);
  }
  return json;
}

/** A part of an answer, with plain values. */
function read(part: Json): object {
  const plain: Record<string, unknown> = { ...part };
  for (const name of ATTRIBUTES) {
    if (plain[name] !== undefined) plain[name] = fromJson(plain[name]);
  }
  if (Array.isArray(plain['Items'])) plain['Items'] = plain['Items'].map(fromJson);
  return plain;
}

const mapped = <In, Out>(record: Readonly<Record<string, In>> | undefined, change: (value: In) => Out) =>
  record && Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

/** The keys that a batch wants of one table. */
const keys =
  (change: (key: unknown) => unknown) => (wanted: { readonly Keys?: readonly unknown[] | undefined }) => ({
    ...wanted,
    Keys: wanted.Keys?.map(change),
  });

type Actions = Readonly<Record<string, object | undefined>>;

/** One action each, such as `Put` or `DeleteRequest`. */
const actions = (list: readonly Actions[] | undefined, change: (action: object) => object) =>
  list?.map((one) => mapped(one, (action) => action && change(action)));

/** What the answer to a refused write holds of items has the types of DynamoDB, with bytes as bytes. */
function withItems(error: unknown): unknown {
  if (!(error instanceof AwsError)) return error;
  const { Item, CancellationReasons: reasons } = error as {
    readonly Item?: unknown;
    readonly CancellationReasons?: readonly CancellationReason[];
  };
  return Object.assign(error, {
    ...(Item !== undefined && { Item: attributesFrom(Item) }),
    ...(reasons && {
      CancellationReasons: reasons.map((reason) =>
        reason.Item ? { ...reason, Item: attributesFrom(reason.Item) } : reason,
      ),
    }),
  });
}

/** @param options what tests replace */
export function createDocumentClient(options?: AwsClientOptions): documents.DocumentClient {
  const calls = createJsonCalls('dynamodb', { version: '1.0', target: 'DynamoDB_20120810' }, options);
  const call = async (operation: string, input: object): Promise<Json> =>
    calls<Json>(operation, input).catch((error: unknown) => {
      throw withItems(error);
    });
  const simple =
    <Output>(operation: string) =>
    async (input: object) =>
      read(await call(operation, written(input))) as Output;

  return {
    get: simple('GetItem'),
    put: simple('PutItem'),
    update: simple('UpdateItem'),
    delete: simple('DeleteItem'),
    query: simple('Query'),
    scan: simple('Scan'),
    async batchGet({ RequestItems: wanted, ...input }) {
      const answer = await call('BatchGetItem', {
        ...input,
        RequestItems: mapped(
          wanted,
          keys((key) => toJson(key as Attributes)),
        ),
      });
      const { Responses: found, UnprocessedKeys: left } = answer as {
        readonly Responses?: Readonly<Record<string, readonly unknown[]>>;
        readonly UnprocessedKeys?: typeof wanted;
      };
      return {
        ...answer,
        Responses: mapped(found, (items) => items.map(fromJson)),
        UnprocessedKeys: mapped(left, keys(fromJson)),
      } as documents.BatchGetOutput;
    },
    async batchWrite({ RequestItems: wanted, ...input }) {
      const answer = await call('BatchWriteItem', {
        ...input,
        RequestItems: mapped(wanted, (list) => actions(list, written)),
      });
      const { UnprocessedItems: left } = answer as {
        readonly UnprocessedItems?: Readonly<Record<string, readonly Actions[]>>;
      };
      return {
        ...answer,
        UnprocessedItems: mapped(left, (list) => actions(list, (action) => read(action as Json))),
      } as documents.BatchWriteOutput;
    },
    async transactGet({ TransactItems: wanted, ...input }) {
      const TransactItems = actions(wanted, written);
      const answer = await call('TransactGetItems', { ...input, TransactItems });
      const { Responses: found = [] } = answer as { readonly Responses?: readonly Json[] };
      return { ...answer, Responses: found.map((one) => read(one)) };
    },
    async transactWrite({ TransactItems: wanted, ClientRequestToken = randomUUID(), ...input }) {
      const TransactItems = actions(wanted, written);
      // One token for all attempts: a transaction whose answer was lost is not written twice.
      return call('TransactWriteItems', { ...input, TransactItems, ClientRequestToken });
    },
  };
}

/** The DynamoDB client of this environment, for items as plain values. */
export const documentClient = /* @__PURE__ */ once(createDocumentClient);

/** The pages of a query, to the last one. */
export async function* queryPages(
  client: Pick<documents.DocumentClient, 'query'>,
  input: documents.QueryInput,
): AsyncGenerator<documents.QueryOutput, void, undefined> {
  let from = input.ExclusiveStartKey;
  do {
    const page = await client.query({ ...input, ...(from && { ExclusiveStartKey: from }) });
    yield page;
    from = page.LastEvaluatedKey;
  } while (from);
}
