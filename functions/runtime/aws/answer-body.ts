import type { Readable } from 'node:stream';

interface ReadLimits {
  readonly abortSignal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/** The body of an answer. One that stops or is cut off counts as none: the call may have had its effect. */
export const readBody = (stream: Readable, { abortSignal, timeoutMs }: ReadLimits): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const timer = setTimeout(
      () => stream.destroy(new Error(`the answer did not end within ${timeoutMs} ms`)),
      timeoutMs,
    );
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
    stream.on('error', (error) => {
      clearTimeout(timer);
      reject(abortSignal?.aborted ? abortError() : Object.assign(error, { name: 'TimeoutError' }));
    });
  });

/** As the handler has it where a request is aborted before its answer. */
export const abortError = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError' });

/** What stands between a function and AWS may answer with anything. */
export function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}
