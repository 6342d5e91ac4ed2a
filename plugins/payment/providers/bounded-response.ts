/** A response is longer than it may be. */
export class ResponseTooLargeError extends Error {
  override readonly name = 'ResponseTooLargeError';
}

/** The body of a response. @throws ResponseTooLargeError without reading further */
export async function boundedBody(response: Response, bytesMax: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > bytesMax) throw new ResponseTooLargeError(`more than ${bytesMax} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
