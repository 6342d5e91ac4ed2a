import {
  createRequestBuilderFactory,
  type HttpInterceptorInterface,
  type RequestOptions,
} from '@apimatic/core';
import {
  ApiError,
  DEFAULT_RETRY_CONFIG,
  type OAuthToken,
  type OrdersController,
} from '@paypal/paypal-server-sdk';
import { httpClient } from './http-client.ts';

/** What the SDK's controllers are made with. */
export type SdkClient = ConstructorParameters<typeof OrdersController>[0];
type RequestBuilders = ReturnType<SdkClient['getRequestBuilderFactory']>;

interface SdkClientOptions {
  /** Where PayPal's API is, such as `https://api-m.paypal.com`. */
  readonly origin: string;
  /** For each request. */
  readonly timeoutMs: number;
  /** The token of a call; left out for requests of a token. */
  readonly token?: () => Promise<OAuthToken>;
}

const USER_AGENT = 'anineeplus-payment';

/** A client for the controllers of PayPal's SDK, with an HTTP client and an origin of our own; it never retries. */
export function sdkClient({ origin, timeoutMs, token }: SdkClientOptions): SdkClient {
  const authorize: HttpInterceptorInterface<RequestOptions | undefined> = async (request, options, next) => {
    if (token === undefined) return next(request, options);
    const { accessToken } = await token();
    const headers = { ...request.headers, authorization: `Bearer ${accessToken}` };
    return next({ ...request, headers }, options);
  };
  const builders: RequestBuilders = createRequestBuilderFactory(
    httpClient(timeoutMs),
    () => origin,
    ApiError,
    (wanted) => (wanted === undefined || wanted === false || wanted.length === 0 ? unchanged : authorize),
    DEFAULT_RETRY_CONFIG,
  );
  return {
    getRequestBuilderFactory: () => (method, path) => {
      const builder = builders(method, path);
      builder.defaultToError(ApiError);
      builder.interceptRequest((request) => ({
        ...request,
        headers: { ...request.headers, 'user-agent': USER_AGENT },
      }));
      return builder;
    },
  };
}

const unchanged: HttpInterceptorInterface<RequestOptions | undefined> = (request, options, next) =>
  next(request, options);
