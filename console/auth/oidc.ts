import * as oauth from 'oauth4webapi';
import type { ConsoleSignIn } from '../../functions/platform/console/settings.ts';
import { keepToken } from './token.ts';

export type OidcSignIn = Extract<ConsoleSignIn, { kind: 'oidc' }>;

/** Where the issuer sends people back to; it must be registered with the client. */
export const SIGNED_IN_PATH = '/console/signed-in';
const PENDING = 'anineeplus.sign-in';

interface Pending {
  readonly verifier: string;
  readonly state: string;
  /** Where the page was. */
  readonly returnTo: string;
}

const redirectUri = (): string => new URL(SIGNED_IN_PATH, location.origin).href;

async function discover({ issuer }: OidcSignIn): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer);
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url));
}

/** Leaves for the issuer's page. Source: RFC 7636 (PKCE), OAuth 2.0 for Browser-Based Applications. */
export async function beginSignIn(signIn: OidcSignIn, returnTo: string): Promise<void> {
  const server = await discover(signIn);
  if (server.authorization_endpoint === undefined)
    throw new Error('The issuer has no authorization endpoint');
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const pending: Pending = { verifier, state, returnTo };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const url = new URL(server.authorization_endpoint);
  const parameters = {
    client_id: signIn.clientId,
    redirect_uri: redirectUri(),
    response_type: 'code',
    scope: signIn.scope,
    // Issuers disagree on how a client names the API that its token is for; each ignores what it does not know.
    audience: signIn.audience,
    ...(URL.canParse(signIn.audience) && { resource: signIn.audience }),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

/** Takes the code that the issuer sent back and keeps the token for it. @returns where the page was */
export async function finishSignIn(signIn: OidcSignIn, current: URL): Promise<string> {
  const stored = sessionStorage.getItem(PENDING);
  if (stored === null) throw new Error('Nobody asked to sign in from this tab');
  const { verifier, state, returnTo } = JSON.parse(stored) as Pending;
  const server = await discover(signIn);
  const client: oauth.Client = { client_id: signIn.clientId };
  const parameters = oauth.validateAuthResponse(server, client, current, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectUri(),
    verifier,
  );
  const { access_token, expires_in } = await oauth.processAuthorizationCodeResponse(server, client, response);
  sessionStorage.removeItem(PENDING);
  keepToken(access_token, expires_in ?? 3600);
  return returnTo;
}
