import { lookup, type LookupAddress } from 'node:dns';
import { request, type RequestOptions } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.ts';

const BYTES_MAX = 1_048_576;
const TIMEOUT_MS = 5_000;

/** A request that is not sent, or whose answer is not taken: for where it would go, or for what comes back. */
export class OutboundRefusedError extends Error {
  override readonly name = 'OutboundRefusedError';
}

/** What tests replace, and narrower bounds. */
export interface FetchPublicOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly bytesMax?: number;
  readonly isAllowed?: (address: string) => boolean;
  readonly resolve?: typeof lookup;
  /** The certificate authorities that are trusted instead of the public ones. */
  readonly ca?: string;
}

/**
 * GET of an address that somebody else has named, such as a token issuer: by HTTPS to a public address, which is
 * checked again at each connection so that DNS cannot change it after a check. Redirects are answers, not followed.
 * @throws OutboundRefusedError; Error of the network, or `TimeoutError` when the whole answer takes too long
 */
export async function fetchPublic(
  address: string | URL,
  options: FetchPublicOptions = {},
): Promise<Response> {
  const { timeoutMs = TIMEOUT_MS, bytesMax = BYTES_MAX, isAllowed = isPublicAddress } = options;
  const url = new URL(address);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    throw new OutboundRefusedError(`${url.origin} is no https address without user and password`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A literal is not looked up.
  if (isIP(host) !== 0 && !isAllowed(host)) throw notPublic(host);
  return send(url, bytesMax, {
    headers: options.headers,
    signal: AbortSignal.timeout(timeoutMs),
    agent: false,
    lookup: allowedLookup(isAllowed, options.resolve ?? lookup),
    ...(options.ca !== undefined && { ca: options.ca }),
  });
}

function send(url: URL, bytesMax: number, options: RequestOptions): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (message) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      message.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes <= bytesMax) return;
        reject(new OutboundRefusedError(`${url.origin} answers with more than ${bytesMax} bytes`));
        sent.destroy();
      });
      message.on('error', reject);
      message.on('end', () => {
        const { statusCode: status = 0 } = message;
        const hasBody = status >= 200 && ![204, 205, 304].includes(status);
        resolve(new Response(hasBody ? Buffer.concat(chunks) : null, { status }));
      });
    });
    sent.on('error', (error) => {
      const { signal } = options;
      reject(signal?.aborted ? (signal.reason as Error) : error);
    });
    sent.end();
  });
}

/** Looks a name up for the connection itself; refuses the name when any of its addresses is not allowed. */
function allowedLookup(isAllowed: (address: string) => boolean, resolve: typeof lookup): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      const addresses: readonly LookupAddress[] = found ?? [];
      const refused = addresses.find(({ address }) => !isAllowed(address));
      const [first] = addresses;
      if (error) callback(error, '');
      else if (refused) callback(notPublic(host), '');
      else if (options.all) callback(null, [...addresses]);
      else callback(null, first?.address ?? '', first?.family);
    });
  };
}

const notPublic = (host: string): OutboundRefusedError =>
  new OutboundRefusedError(`${host} is not on the public internet`);
