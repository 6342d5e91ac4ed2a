import * as z from 'zod';
import type { ConsoleSettings } from '../../functions/platform/console/settings.ts';
import { ContextError } from './context-error.ts';
import type { Auth } from './deployment.ts';

const clientId = z.string().min(1);
const scopeText = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/);

const consoleError = (reason: string): ContextError =>
  new ContextError(
    'console-invalid',
    `${reason}. Write -c console=on -c console.clientId=<id>, with the id of a public client of the ` +
      'issuer that may use the authorization code flow with PKCE and return to <ApiUrl>/console/signed-in',
  );

/**
 * Reads whether the API serves the console: always on stage `local`, elsewhere with `console=on`. People sign in at the
 * issuer of the API's tokens, with the client `console.clientId` and the scopes `console.scope`.
 * @throws ContextError
 */
export function consoleOf(
  stage: string,
  auth: Auth,
  context: (key: string) => unknown,
): ConsoleSettings | undefined {
  const wanted = context('console');
  if (wanted !== undefined && wanted !== 'on' && wanted !== 'off') {
    throw consoleError(`the context "console" is ${JSON.stringify(wanted)}: it must be "on" or "off"`);
  }
  if (wanted === 'off' || (wanted === undefined && stage !== 'local')) return undefined;
  if (stage === 'local') return { stage, signIn: { kind: 'local' } };
  if (auth.kind === 'none') return { stage, signIn: { kind: 'none' } };
  const client = clientId.safeParse(context('console.clientId'));
  if (!client.success) throw consoleError('the context "console.clientId" is missing');
  const scope = scopeText.safeParse(context('console.scope') ?? 'openid');
  if (!scope.success) {
    throw consoleError('the context "console.scope" is no list of scopes with single spaces between');
  }
  return {
    stage,
    signIn: {
      kind: 'oidc',
      issuer: auth.issuer,
      audience: auth.audience[0] ?? '',
      clientId: client.data,
      scope: scope.data,
    },
  };
}
