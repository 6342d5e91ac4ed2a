import * as oauth from 'oauth4webapi';
import type { ConsoleSignIn } from '../../functions/platform/console/settings.ts';
import { ApiProblem, problemOf } from '../api/problem.ts';
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

/** RFC 8707: which API the token is for. It is said to both endpoints, and has to be a URL. */
const resourceOf = ({ audience }: OidcSignIn): { readonly resource?: string } =>
  URL.canParse(audience) ? { resource: audience } : {};

async function discover({ issuer }: OidcSignIn): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer);
  const response = await oauth.discoveryRequest(url).catch((cause: unknown) => {
    throw new Error(`The issuer ${url.origin} does not answer`, { cause });
  });
  return oauth.processDiscoveryResponse(url, response);
}

/** Where somebody comes back to who signs in here; the page that the issuer sends people back to is none to see. */
function here(): string {
  if (location.pathname !== SIGNED_IN_PATH) return `${location.pathname}${location.search}`;
  return pendingSignIn()?.returnTo ?? '/console';
}

function pendingSignIn(): Pending | undefined {
  const stored = sessionStorage.getItem(PENDING);
  return stored === null ? undefined : (JSON.parse(stored) as Pending);
}

/** What the page shows of a sign-in that failed: an issuer says why in two members (RFC 6749, 4.1.2.1 and 5.2). */
export function signInProblem(error: unknown): ApiProblem {
  const isRefusal =
    error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError;
  if (!isRefusal) return problemOf(error);
  const detail = error.error_description ?? 'The issuer refused to sign you in.';
  return new ApiProblem(0, { code: error.error, detail });
}

/** Leaves for the issuer's page. Source: RFC 7636 (PKCE), OAuth 2.0 for Browser-Based Applications. */
export async function beginSignIn(signIn: OidcSignIn): Promise<void> {
  const server = await discover(signIn);
  if (server.authorization_endpoint === undefined)
    throw new Error('The issuer has no authorization endpoint');
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const pending: Pending = { verifier, state, returnTo: here() };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const url = new URL(server.authorization_endpoint);
  const parameters = {
    client_id: signIn.clientId,
    redirect_uri: redirectUri(),
    response_type: 'code',
    scope: signIn.scope,
    // Issuers disagree on how a client names the API that its token is for; each ignores what it does not know.
    audience: signIn.audience,
    ...resourceOf(signIn),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

/** Takes the code that the issuer sent back and keeps the token for it. @returns where the page was */
export async function finishSignIn(signIn: OidcSignIn, current: URL): Promise<string> {
  const pending = pendingSignIn();
  if (pending === undefined) throw new Error('Nobody asked to sign in from this tab');
  const { verifier, state, returnTo } = pending;
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
    { additionalParameters: resourceOf(signIn) },
  );
  const { access_token, expires_in } = await oauth.processAuthorizationCodeResponse(server, client, response);
  sessionStorage.removeItem(PENDING);
  keepToken(access_token, expires_in ?? 3600);
  return returnTo;
}
