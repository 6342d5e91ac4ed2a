import type { IncomingMessage } from 'node:http';

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** Whether a request names this machine. Another name means that a web page made it resolve here (DNS rebinding). */
export function isLocalHost({ headers }: IncomingMessage): boolean {
  return headers.host === undefined || LOCAL.test(headers.host);
}

/** Whether a web page of another origin sent the request; programs send no `Origin`. */
export function isForeignOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return false;
  return !URL.canParse(headers.origin) || !LOCAL.test(new URL(headers.origin).host);
}
