import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The environment ended at a call of the database. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Where an environment ends: at the n-th call from 0, before the call acts or after it. */
export interface CrashPoint {
  readonly call: number;
  readonly after: boolean;
}

/** A client whose process ends at a crash point; every call but that one is real. */
export function crashingClient(client: DynamoDBDocumentClient, point: CrashPoint): DynamoDBDocumentClient {
  let calls = 0;
  const send = async (command: never): Promise<unknown> => {
    const isHere = calls++ === point.call;
    if (isHere && !point.after) throw new Crash();
    const answer: unknown = await client.send(command);
    if (isHere) throw new Crash();
    return answer;
  };
  return Object.assign(Object.create(client) as DynamoDBDocumentClient, { send });
}
