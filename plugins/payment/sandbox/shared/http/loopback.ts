import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Whether a request is meant for this machine. A foreign `Host` is DNS rebinding and a foreign `Origin` is
 * another site's page reaching for the sandbox.
 */
export function isLocal(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  if (!LOOPBACK.test(host ?? '')) return false;
  return origin === undefined || (URL.canParse(origin) && LOOPBACK.test(new URL(origin).host));
}
