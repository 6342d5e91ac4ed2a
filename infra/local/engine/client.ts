import * as http from 'node:http';
import * as https from 'node:https';
import { EngineError, type EngineReply } from './types.ts';

// The engine insists on the form of a signature but verifies nothing.
const signed = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
};

/** The DynamoDB API of the engine. */
export interface EngineClient {
  send(target: string, body: Buffer): Promise<EngineReply>;
  call<T>(target: string, input: unknown): Promise<T>;
  close(): void;
}

/** Raw DynamoDB JSON over HTTP with kept-alive connections: the SDK would lose `userIdentity` of stream records. */
export function engineClient(endpoint: string): EngineClient {
  const url = new URL(endpoint);
  const { Agent, request } = url.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const send = (target: string, body: Buffer): Promise<EngineReply> =>
    new Promise((resolve, reject) => {
      const headers = { ...signed, 'x-amz-target': target, 'content-length': body.length };
      const outgoing = request(url, { method: 'POST', agent, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const kept = ['content-type', 'x-amz-crc32', 'x-amzn-requestid'];
          const replyHeaders = Object.fromEntries(
            kept.flatMap((name) =>
              incoming.headers[name] === undefined ? [] : [[name, String(incoming.headers[name])]],
            ),
          );
          resolve({ status: incoming.statusCode ?? 500, headers: replyHeaders, body: Buffer.concat(chunks) });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return {
    send,
    async call<T>(target: string, input: unknown): Promise<T> {
      const reply = await send(target, Buffer.from(JSON.stringify(input)));
      const parsed: unknown = JSON.parse(reply.body.toString());
      if (reply.status === 200) return parsed as T;
      const failure = parsed as { __type?: string; message?: string; Message?: string };
      const code = failure.__type?.split('#').at(-1) ?? 'InternalServerError';
      throw new EngineError(code, failure.message ?? failure.Message ?? code);
    },
    close: () => agent.destroy(),
  };
}
