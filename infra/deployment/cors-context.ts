import type { Cors } from '#infra/deployment/deployment.ts';
import { ContextError } from './context-error.ts';

/** Pages of this machine. HTTP APIs have no pattern for ports, so the local runner gets a flag to accept any. */
const LOCAL: Cors = {
  origins: ['localhost', '127.0.0.1', '[::1]'].flatMap((host) => [`http://${host}`, `https://${host}`]),
  anyPort: true,
};

/** @param rule why the value is refused */
const corsError = (given: unknown, rule: string): ContextError =>
  new ContextError(
    'cors-origins-invalid',
    `${JSON.stringify(given)} in the context "cors.origins" ${rule}. Write origins as browsers ` +
      'send them, with commas between: -c cors.origins=https://shop.example,https://admin.example:8443\n' +
      'or "*" alone for pages of everybody.',
  );

/**
 * Reads which pages of other origins may call the API: `cors.origins` as a text with commas or as a list, also as
 * `cors: { origins }`. Undefined: none, which is also what an empty text says.
 * @throws ContextError
 */
export function corsOf(stage: string, context: (key: string) => unknown): Cors | undefined {
  const nested = context('cors') as { readonly origins?: unknown } | null | undefined;
  const given = context('cors.origins') ?? nested?.origins;
  if (given === undefined || given === null) return stage === 'local' ? LOCAL : undefined;
  const listed = typeof given === 'string' ? given.split(',') : given;
  if (!Array.isArray(listed)) throw corsError(given, 'is neither a text nor a list');
  const origins = [...new Set(listed.map(checked).filter((origin) => origin !== ''))];
  if (origins.includes('*') && origins.length > 1) throw corsError('*', 'cannot stand beside others');
  return origins.length === 0 ? undefined : { origins, anyPort: false };
}

function checked(given: unknown): string {
  if (typeof given !== 'string') throw corsError(given, 'is no text');
  const origin = given.trim();
  if (origin === '' || origin === '*') return origin;
  if (origin.includes('*')) throw corsError(origin, 'has a "*" within: only "*" alone is taken');
  if (!/^https?:\/\//.test(origin)) throw corsError(origin, 'does not begin with https:// or http://');
  const canonical = URL.canParse(origin) ? new URL(origin).origin : undefined;
  if (canonical === undefined) throw corsError(origin, 'is no origin');
  if (canonical !== origin) {
    throw corsError(origin, `is not scheme, host and port alone: browsers send "${canonical}" for it`);
  }
  return origin;
}
