import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  getRetryAfterHint,
  isServerError,
  isThrottlingError,
  isTransientError,
  StandardRetryStrategy,
} from '@smithy/core/retry';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HeaderBag, HttpRequest, RetryErrorType, SdkError } from '@smithy/types';
import { once } from '../once.ts';
import { abortError, jsonIn, readBody } from './answer-body.ts';
import { type AwsError, errorFrom } from './aws-error.ts';
import { endpointUrl, type Service } from './endpoint.ts';
import { Sha256Node } from './sha256.ts';
import { countThrottle } from './throttles.ts';

/** A call of a service with a JSON protocol. */
export interface AwsRequest {
  readonly method?: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
  /** `/` when left out. */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly abortSignal?: AbortSignal | undefined;
}

export interface AwsAnswer {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** Calls one service of AWS as the function's role. */
export interface AwsClient {
  /**
   * Signs a request and sends it, again where that is safe and may help, as the standard mode of the AWS SDK does.
   * @throws AwsError with what the service refused with; `TimeoutError` or an error of Node.js when no answer came;
   * `AbortError`
   */
  send(request: AwsRequest): Promise<AwsAnswer>;
}

export interface AwsClientOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Calls in all; 3 when left out. */
  readonly maxAttempts?: number;
  /** From a request to the head of its answer, and again to its end, in ms; 5,000 when left out. */
  readonly requestTimeoutMs?: number;
}

/** Names of the services in the variables `AWS_ENDPOINT_URL_<name>`. */
const ENDPOINT_NAMES: Readonly<Record<Service, string>> = {
  apigateway: 'APIGATEWAYV2',
  codedeploy: 'CODEDEPLOY',
  dynamodb: 'DYNAMODB',
  events: 'EVENTBRIDGE',
  lambda: 'LAMBDA',
  secretsmanager: 'SECRETS_MANAGER',
  xray: 'XRAY',
};

/** A signature is refused for a clock that is further from that of AWS; the AWS SDK corrects it from here on. */
const CLOCK_SKEW_MS = 240_000;

const USER_AGENT = `anineeplus-plugins lang/js md/nodejs#${process.versions.node}`;

/** One keep-alive agent for all services. */
const httpHandler = /* @__PURE__ */ once(
  () => new NodeHttpHandler({ connectionTimeout: 1000, throwOnRequestTimeout: true }),
);

export function createAwsClient(service: Service, options: AwsClientOptions = {}): AwsClient {
  const { env = process.env, maxAttempts = 3, requestTimeoutMs = 5000 } = options;
  const region = env['AWS_REGION'] ?? 'us-east-1';
  const { basePath, ...address } = addressOf(service, region, env);
  const retries = new StandardRetryStrategy(maxAttempts);
  const signer = new SignatureV4({ service, region, credentials: credentialsIn(env), sha256: Sha256Node });
  let clockOffsetMs = 0;

  async function attempt(request: AwsRequest, headers: HeaderBag): Promise<AwsAnswer> {
    const { method = 'POST', path = '/', query = {}, body, abortSignal } = request;
    const offsetMs = clockOffsetMs;
    const unsigned = { ...address, method, path: basePath + path, query, headers, body } as HttpRequest;
    const signed = await signer.sign(unsigned, { signingDate: new Date(Date.now() + offsetMs) });
    const { response } = await httpHandler().handle(signed as Parameters<NodeHttpHandler['handle']>[0], {
      requestTimeout: requestTimeoutMs,
      ...(abortSignal && { abortSignal }),
    });
    const read = await readBody(response.body as Readable, { abortSignal, timeoutMs: requestTimeoutMs });
    if (response.statusCode < 300) return { headers: response.headers, body: read };
    const error = errorFrom(response.statusCode, response.headers, jsonIn(read));
    error.retryAfterHint = getRetryAfterHint(response);
    const serverMs = Date.parse(response.headers['date'] ?? '');
    // The signature may have been refused for its time: the next attempt is signed with the server's.
    if (Math.abs(serverMs - Date.now() - offsetMs) >= CLOCK_SKEW_MS) {
      clockOffsetMs = serverMs - Date.now();
      error.$metadata = { ...error.$metadata, clockSkewCorrected: true };
    }
    throw error;
  }

  return {
    async send(request) {
      const headers: HeaderBag = {
        host: address.host,
        ...request.headers,
        'user-agent': USER_AGENT,
        'amz-sdk-invocation-id': randomUUID(),
        ...traceHeader(env),
      };
      let token = await retries.acquireInitialRetryToken('');
      for (;;) {
        const attempts = token.getRetryCount() + 1;
        headers['amz-sdk-request'] = `attempt=${attempts}; max=${maxAttempts}`;
        try {
          const answer = await attempt(request, headers);
          retries.recordSuccess(token);
          return answer;
        } catch (error) {
          const failure = error as SdkError;
          failure.$metadata = { ...failure.$metadata, attempts };
          const { retryAfterHint } = error as Partial<AwsError>;
          const info = {
            error: failure,
            errorType: typeOf(failure),
            ...(retryAfterHint && { retryAfterHint }),
          };
          token = await retries.refreshRetryTokenForRetry(token, info).catch(() => {
            throw failure;
          });
          if (request.abortSignal?.aborted) throw abortError();
        }
      }
    },
  };
}

/** Where the requests of a service go. */
function addressOf(service: Service, region: string, env: NonNullable<AwsClientOptions['env']>) {
  const own = env[`AWS_ENDPOINT_URL_${ENDPOINT_NAMES[service]}`] ?? env['AWS_ENDPOINT_URL'];
  const isSet = (name: string): boolean => env[name] === 'true';
  const url = own
    ? new URL(own)
    : endpointUrl(service, {
        region,
        fips: isSet('AWS_USE_FIPS_ENDPOINT'),
        dualStack: isSet('AWS_USE_DUALSTACK_ENDPOINT'),
      });
  const { protocol, hostname, host, port, pathname } = url;
  const basePath = pathname.replace(/\/$/, '');
  return { protocol, hostname, host, basePath, ...(port && { port: Number(port) }) };
}

/** The credentials of the function's role, which Lambda puts into the environment. */
function credentialsIn(env: NonNullable<AwsClientOptions['env']>) {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = env['AWS_SESSION_TOKEN'];
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  return () => Promise.reject(new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set'));
}

/** The trace of the invocation: by it Lambda recognizes functions that call each other without end. */
function traceHeader(env: NonNullable<AwsClientOptions['env']>): HeaderBag {
  const trace = env['_X_AMZN_TRACE_ID'];
  return trace && env['AWS_LAMBDA_FUNCTION_NAME'] ? { 'x-amzn-trace-id': trace } : {};
}

function typeOf(error: SdkError): RetryErrorType {
  if (isThrottlingError(error)) {
    countThrottle();
    return 'THROTTLING';
  }
  if (isTransientError(error)) return 'TRANSIENT';
  return isServerError(error) ? 'SERVER_ERROR' : 'CLIENT_ERROR';
}
