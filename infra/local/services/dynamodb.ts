import type { JsonObject } from '../json.ts';
import { jsonReply } from './reply.ts';
import type { AwsCall, AwsReply, ServiceContext } from './types.ts';

/** Forwards the call to the engine unchanged, and corrects the answers in which it differs from DynamoDB. */
export async function dynamodb(call: AwsCall, context: ServiceContext): Promise<AwsReply> {
  const plain = plainTableNames(call.input);
  const body = plain === call.input ? call.raw : Buffer.from(JSON.stringify(plain));
  const reply = await context.engine.send(`DynamoDB_20120810.${call.operation}`, body);
  if (reply.status !== 200) return reply;
  if (call.operation === 'UpdateItem' && call.input['ReturnValues'] === 'ALL_OLD')
    return withoutOldKeys(call, reply);
  if (call.operation.startsWith('Describe')) return withAwsArns(reply, context);
  return reply;
}

/** The engine answers the keys of an item that did not exist; DynamoDB answers nothing. */
function withoutOldKeys(call: AwsCall, reply: AwsReply): AwsReply {
  const answer = JSON.parse(reply.body.toString()) as { Attributes?: JsonObject };
  const keys = Object.keys((call.input['Key'] as JsonObject | undefined) ?? {});
  if (!answer.Attributes || Object.keys(answer.Attributes).some((name) => !keys.includes(name))) return reply;
  const { Attributes: _, ...rest } = answer;
  return jsonReply(rest);
}

/** As the embedded engine and DynamoDB Local begin their ARNs. */
const engineArn = /arn:aws:dynamodb:(?:dynoxide|ddblocal):000000000000:/g;

/** An engine has a region of its own in its ARNs. */
function withAwsArns(reply: AwsReply, context: ServiceContext): AwsReply {
  const { region, accountId } = context.assembly.current;
  const text = reply.body.toString();
  return {
    status: 200,
    body: text.replaceAll(engineArn, `arn:aws:dynamodb:${region}:${accountId}:`),
  };
}

const tableArn = /^arn:aws:dynamodb:[^:]*:\d*:table\/([^/]+)$/;

/** DynamoDB takes a table's ARN for its name, the engine does not. @returns the same object when nothing changed */
function plainTableNames(input: JsonObject): JsonObject {
  const changed: Record<string, unknown> = {};
  const name = plainName(input['TableName']);
  if (name !== undefined) changed['TableName'] = name;
  const items = input['TransactItems'];
  if (Array.isArray(items) && items.some((item) => plainAction(item as JsonObject) !== item)) {
    changed['TransactItems'] = items.map((item) => plainAction(item as JsonObject));
  }
  const requests = input['RequestItems'];
  if (typeof requests === 'object' && requests !== null && Object.keys(requests).some(plainName)) {
    changed['RequestItems'] = Object.fromEntries(
      Object.entries(requests).map(([table, value]) => [plainName(table) ?? table, value as unknown]),
    );
  }
  return Object.keys(changed).length === 0 ? input : { ...input, ...changed };
}

const plainName = (value: unknown): string | undefined =>
  typeof value === 'string' ? tableArn.exec(value)?.[1] : undefined;

/** One item of a transaction: `{ Put: { TableName, ... } }`. */
function plainAction(item: JsonObject): JsonObject {
  const [kind, action] = Object.entries(item ?? {})[0] ?? [];
  const name = plainName((action as JsonObject | undefined)?.['TableName']);
  return kind === undefined || name === undefined
    ? item
    : { [kind]: { ...(action as JsonObject), TableName: name } };
}
