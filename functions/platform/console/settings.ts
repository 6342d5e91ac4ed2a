/** How people sign in to the console. */
export type ConsoleSignIn =
  /** The API takes calls without a token. */
  | { readonly kind: 'none' }
  /** The local system, which mints tokens itself where it demands them. */
  | { readonly kind: 'local' }
  /** Authorization code with PKCE at the issuer of the API's tokens (RFC 6749, RFC 7636). */
  | {
      readonly kind: 'oidc';
      readonly issuer: string;
      readonly audience: string;
      readonly clientId: string;
      /** With spaces between. */
      readonly scope: string;
    };

/** What the page reads at `/console/settings.json` before anything else. */
export interface ConsoleSettings {
  readonly stage: string;
  readonly signIn: ConsoleSignIn;
}

/** What the stack says about the console. */
export const SETTINGS_VARIABLE = 'ANINEEPLUS_CONSOLE_SETTINGS';

/** @throws Error when the stack did not say it */
export function readSettings(variables: Readonly<Record<string, string | undefined>>): ConsoleSettings {
  const given = variables[SETTINGS_VARIABLE];
  if (given === undefined) throw new Error(`${SETTINGS_VARIABLE} is not set`);
  return JSON.parse(given) as ConsoleSettings;
}
