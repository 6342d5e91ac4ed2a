import { setTimeout as pause } from 'node:timers/promises';
import { type ApiResponse, ClientCredentialsAuthManager, type OAuthToken } from '@paypal/paypal-server-sdk';
import type { PayPalConfig } from '../../config.ts';
import { ProviderError } from '../provider-error.ts';
import { type ProviderCall } from '../provider-call.ts';
import { classify } from './classify.ts';
import { readJson } from './read-json.ts';
import { sdkClient, type SdkClient } from './sdk-client.ts';
import { tokenCache } from './token.ts';

const ATTEMPT_TIMEOUT_MS = 8_000;
const RETRY_PAUSE_MS = 250;
const RETRIES_MAX = 2;

/** What the SDK takes beside the parameters of a call. */
export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** PayPal's API for one configuration. All rejections are {@link ProviderError}. */
export interface PayPalConnection {
  /** `https://api-m.paypal.com`, the sandbox, or the configured origin. */
  readonly origin: string;
  /** Makes one SDK call, and retries it with the same key when it was throttled or its response was lost. */
  run<T>(
    call: ProviderCall,
    request: (client: SdkClient, options: CallOptions) => Promise<ApiResponse<T>>,
  ): Promise<T>;
  /** Reads JSON from a path with its query, for resources that the SDK does not cover. */
  read(call: ProviderCall, path: string): Promise<unknown>;
  /** An access token, for the call that must send the body's bytes unchanged. */
  token(call: ProviderCall): Promise<string>;
  /** Always requests a token, to check PayPal's availability and the credentials. */
  probe(call: ProviderCall): Promise<void>;
}

const connections = new WeakMap<PayPalConfig, PayPalConnection>();

/** One connection per configuration, so that everything shares its token. */
export function payPalConnection(config: PayPalConfig): PayPalConnection {
  const known = connections.get(config) ?? connect(config);
  connections.set(config, known);
  return known;
}

function connect(config: PayPalConfig): PayPalConnection {
  const tokens = tokenCache();
  const live = 'https://api-m.paypal.com';
  const origin = config.apiBase ?? (config.mode === 'live' ? live : 'https://api-m.sandbox.paypal.com');
  const fetchToken = (timeoutMs: number): Promise<OAuthToken> =>
    new ClientCredentialsAuthManager(
      { oAuthClientId: config.clientId, oAuthClientSecret: config.clientSecret },
      sdkClient({ origin, timeoutMs }),
    ).fetchToken();
  const open = (timeoutMs: number, onToken: (token: OAuthToken) => void): SdkClient =>
    sdkClient({
      origin,
      timeoutMs,
      async token() {
        const token = await tokens.get(() => fetchToken(timeoutMs));
        onToken(token);
        return token;
      },
    });
  const attempting = <T>(
    call: ProviderCall,
    attempt: (timeoutMs: number, onToken: (token: OAuthToken) => void) => Promise<T>,
  ): Promise<T> =>
    repeating(call, async (timeoutMs, mayRepeat) => {
      let used: OAuthToken | undefined;
      try {
        return await attempt(timeoutMs, (token) => (used = token));
      } catch (error) {
        const details = error instanceof ProviderError ? error.details : classify(error);
        // A token may be revoked early, so one retry uses a new token.
        const refused = details.class === 'auth' && used !== undefined;
        if (refused && used !== undefined) tokens.drop(used);
        throw new Attempt(details, refused ? mayRepeat : isTemporary(details.class), error);
      }
    });

  return {
    origin,
    run: (call, request) =>
      attempting(call, async (timeoutMs, onToken) => {
        const options = { abortSignal: AbortSignal.timeout(timeoutMs) };
        return (await request(open(timeoutMs, onToken), options)).result;
      }),
    read: (call, path) =>
      attempting(call, async (timeoutMs, onToken) => {
        const token = await tokens.get(() => fetchToken(timeoutMs));
        onToken(token);
        return readJson(`${origin}${path}`, token.accessToken, timeoutMs);
      }),
    token: (call) =>
      once(call, async (timeoutMs) => (await tokens.get(() => fetchToken(timeoutMs))).accessToken),
    probe: (call) => once(call, async (timeoutMs) => void (await fetchToken(timeoutMs))),
  };
}

const isTemporary = (errorClass: string): boolean =>
  errorClass === 'rate_limited' || errorClass === 'unknown';

/** The failure of one attempt, and whether it may be retried. */
class Attempt extends ProviderError {
  readonly mayRepeat: boolean;

  constructor(details: ProviderError['details'], mayRepeat: boolean, cause: unknown) {
    super(details, { cause });
    this.mayRepeat = mayRepeat;
  }
}

/**
 * Retries an attempt within the budget, which the key makes safe. The first attempt may be retried for any reason.
 */
async function repeating<T>(
  { budgetMs, idempotencyKey }: ProviderCall,
  attempt: (timeoutMs: number, mayRepeat: boolean) => Promise<T>,
): Promise<T> {
  const endsAt = Date.now() + budgetMs;
  let mayHaveActed = false;
  for (let tries = 0; ; tries += 1) {
    const timeoutMs = Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, Math.floor(endsAt - Date.now())));
    try {
      return await attempt(timeoutMs, tries === 0);
    } catch (error) {
      if (!(error instanceof Attempt)) throw error;
      const pauseMs = RETRY_PAUSE_MS * 2 ** tries * (1 + Math.random());
      const inTime = Date.now() + pauseMs + ATTEMPT_TIMEOUT_MS < endsAt;
      if (!error.mayRepeat || tries >= RETRIES_MAX || !inTime) throw mayHaveActed ? unproven(error) : error;
      mayHaveActed ||= idempotencyKey !== undefined && !isUnprocessed(error);
      await pause(pauseMs);
    }
  }
}

/** Whether PayPal rejected the request before processing it. */
const isUnprocessed = ({ details }: ProviderError): boolean =>
  details.class === 'auth' || details.class === 'rate_limited';

/** A rejection before processing proves nothing about an earlier attempt whose response was lost. */
function unproven(error: ProviderError): ProviderError {
  if (!isUnprocessed(error)) return error;
  return new ProviderError({ ...error.details, class: 'unknown' }, { cause: error });
}

async function once<T>({ budgetMs }: ProviderCall, attempt: (timeoutMs: number) => Promise<T>): Promise<T> {
  try {
    return await attempt(Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, Math.floor(budgetMs))));
  } catch (error) {
    throw new ProviderError(classify(error), { cause: error });
  }
}
