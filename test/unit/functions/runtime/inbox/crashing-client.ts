import type { DocumentClient } from '#runtime/aws/document-types.ts';

/** The environment ended at a call of the database. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Where an environment ends: at the n-th call from 0, before the call acts or after it. */
export interface CrashPoint {
  readonly call: number;
  readonly after: boolean;
}

type Client = Pick<DocumentClient, 'get' | 'transactWrite'>;

/** A client whose process ends at a crash point; every call but that one is real. */
export function crashingClient(client: Client, point: CrashPoint): Client {
  let calls = 0;
  const crashing =
    <Input, Output>(call: (input: Input) => Promise<Output>) =>
    async (input: Input): Promise<Output> => {
      const isHere = calls++ === point.call;
      if (isHere && !point.after) throw new Crash();
      const answer = await call(input);
      if (isHere) throw new Crash();
      return answer;
    };
  return {
    get: crashing((input) => client.get(input)),
    transactWrite: crashing((input) => client.transactWrite(input)),
  };
}
