import type { HttpEvent, HttpResponse } from '#runtime/adapters/http-event.ts';
import { SECURITY_HEADERS } from '#runtime/adapters/http-response.ts';
import { readEnvironment } from '#runtime/environment.ts';
import { type ConsoleSettings, readSettings } from './settings.ts';
import { openSite } from './site.ts';

/** The part of an event that says which file is asked for. */
type ConsoleEvent = Pick<HttpEvent, 'pathParameters' | 'headers'>;

/** An answer whose body may be compressed. */
type ConsoleResponse = HttpResponse & { readonly isBase64Encoded?: boolean };

const PAGE = 'index.html';
const SETTINGS = 'settings.json';
/** Files below it have the hash of their content in their names. */
const HASHED = 'assets/';

/**
 * Serves the console's page and the files that it is made of. The page has no data: what it shows comes from the API,
 * with the token of whoever looks.
 */
export function consoleHandler(
  folder: URL,
  settings: ConsoleSettings = readSettings(readEnvironment().variables),
) {
  const site = openSite(folder);
  const headers = headersFor(settings);
  return async ({ pathParameters, headers: asked }: ConsoleEvent): Promise<ConsoleResponse> => {
    const path = pathParameters?.['path'] ?? PAGE;
    if (path === SETTINGS) {
      return {
        statusCode: 200,
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(settings),
      };
    }
    // Pages of the console have addresses of their own, which one page serves; files have an extension.
    const file = site.file(path) ?? (path.includes('.') ? undefined : site.file(PAGE));
    if (file === undefined) return { statusCode: 404, headers, body: 'Not found\n' };
    const found = {
      ...headers,
      'content-type': file.type,
      vary: 'accept-encoding',
      ...(path.startsWith(HASHED) && { 'cache-control': 'public, max-age=31536000, immutable' }),
    };
    if (file.brotli !== undefined && takesBrotli(asked['accept-encoding'])) {
      const body = file.brotli.toString('base64');
      return {
        statusCode: 200,
        headers: { ...found, 'content-encoding': 'br' },
        body,
        isBase64Encoded: true,
      };
    }
    return { statusCode: 200, headers: found, body: file.text };
  };
}

const takesBrotli = (encodings = ''): boolean => /(?:^|[\s,])br(?:\s*(?:,|$))/.test(encodings);

/** The page may load its own files, and call this API, the issuer of its tokens and, locally, the sandboxes. */
function headersFor({ signIn }: ConsoleSettings): Readonly<Record<string, string>> {
  const others = { none: '', local: ' http://127.0.0.1:* http://localhost:*', oidc: '' }[signIn.kind];
  const issuer = signIn.kind === 'oidc' ? ' https:' : '';
  const policy = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data:",
    'connect-src': `'self'${others}${issuer}`,
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  };
  return {
    ...SECURITY_HEADERS,
    'cache-control': 'no-cache',
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': Object.entries(policy)
      .map(([name, value]) => `${name} ${value}`)
      .join('; '),
  };
}
