import type { IncomingMessage, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from './contract/log.ts';
import { duringInit } from './during-init.ts';

/** Version of the Extensions API. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html */
const API = '2020-01-01';
const NAME = 'anineeplus-unload';
const REGISTER_TIMEOUT_MS = 1000;

/**
 * Registers an internal extension, which handles no event: Lambda sends SIGTERM only to environments that have an
 * extension, and then leaves them 500 ms. A function whose registration fails works as before.
 * @param address `AWS_LAMBDA_RUNTIME_API`; undefined outside of Lambda
 */
export function registerShutdownExtension(address: string | undefined, log: Log): void {
  if (address !== undefined) duringInit(register(`http://${address}/${API}/extension`, log));
}

async function register(api: string, log: Log): Promise<void> {
  try {
    const response = await send(`${api}/register`, {
      method: 'POST',
      headers: { 'Lambda-Extension-Name': NAME, 'Content-Type': 'application/json' },
      timeout: REGISTER_TIMEOUT_MS,
      body: JSON.stringify({ events: [] }),
    });
    const id = response.headers['lambda-extension-identifier'];
    if (response.statusCode !== 200 || typeof id !== 'string')
      throw new Error(`the Extensions API answered ${response.statusCode}`);
    // Tells Lambda that the extension is ready. It registered for no event, so no answer ever comes, and the wait must not
    // keep the process alive.
    send(`${api}/event/next`, { method: 'GET', headers: { 'Lambda-Extension-Identifier': id } }).catch(
      () => {},
    );
  } catch (error) {
    log.warn('onUnload will not be called when the environment ends', { error: String(error) });
  }
}

/** One request to the Lambda service on this machine. */
function send(
  url: string,
  { body, ...options }: RequestOptions & { readonly body?: string },
  onSocket: (socket: Socket) => void = () => {},
): Promise<IncomingMessage> {
  // Not imported: only functions with `onUnload` need it at init.
  const { request } = process.getBuiltinModule('node:http');
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (response) => {
      response.resume();
      resolve(response);
    });
    outgoing.on('socket', onSocket);
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${REGISTER_TIMEOUT_MS} ms`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
