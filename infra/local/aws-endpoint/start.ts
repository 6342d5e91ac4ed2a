import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { BodyTooLargeError, readBody } from '../http/body.ts';
import type { FunctionResource } from '../resources/lambda.ts';
import { apiGateway } from '../services/api-gateway.ts';
import { dynamodb } from '../services/dynamodb.ts';
import { eventBridge } from '../services/events.ts';
import { lambda } from '../services/lambda.ts';
import { ServiceError } from '../services/reply.ts';
import { secretsManager } from '../services/secrets.ts';
import { sqs } from '../services/sqs.ts';
import { xray } from '../services/xray.ts';
import type { AwsCall, AwsReply, ServiceContext, ServiceName } from '../services/types.ts';
import type { Credentials, Denial } from '../types.ts';
import { refusalOf } from './authorize.ts';
import { errorReply, refusedStatus, sendReply } from './reply.ts';
import { accessKeyOf, parseRequest } from './request.ts';
import { unservedMessage, unservedReply } from './unserved.ts';

/** What the services need, the credentials of the callers, and a listener for denials. */
interface AwsEndpointOptions extends ServiceContext {
  readonly credentials: () => readonly Credentials[];
  readonly onDenied: (denial: Denial) => void;
}

/** The running endpoint, to which `AWS_ENDPOINT_URL` of the functions points. */
export interface AwsEndpoint {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const services: Readonly<Record<ServiceName, (call: AwsCall, context: ServiceContext) => Promise<AwsReply>>> =
  {
    apigateway: apiGateway,
    dynamodb,
    secretsmanager: secretsManager,
    events: eventBridge,
    lambda,
    sqs,
    xray,
  };

const BODY_MAX_BYTES = 20 * 1024 * 1024;

/** The AWS endpoint of the functions: identifies the caller, evaluates its role, and only then serves the call. */
export async function startAwsEndpoint(options: AwsEndpointOptions): Promise<AwsEndpoint> {
  const server = createServer((request, response) => {
    handleRequest(request, response, options).catch((error: unknown) => {
      reportDefect(error, options);
      response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: AwsEndpointOptions,
): Promise<void> {
  let service = serviceOf(request);
  try {
    // Functions send no Origin: a request with one comes from a web page in the developer's browser.
    if (request.headers.origin !== undefined) {
      throw new ServiceError('AccessDeniedException', 'requests of web pages are refused', 403);
    }
    const caller = callerOf(request, options, service);
    const scope = scopeOf(request);
    if (service === undefined && scope !== undefined) {
      options.terminal.warn(`${caller.name}: ${unservedMessage(scope, request)}`);
      request.resume();
      sendReply(response, undefined, unservedReply(scope, request));
      return;
    }
    const raw = await readBody(request, BODY_MAX_BYTES);
    const parsed = parseRequest(request, raw);
    service = parsed.service;
    const hangUp = new AbortController();
    response.once('close', () => hangUp.abort());
    const call: AwsCall = { ...parsed, raw, caller, signal: hangUp.signal };
    sendReply(response, service, await authorizeAndServe(call, options));
  } catch (error) {
    sendReply(response, service, errorReply(asServiceError(error, options), service));
  }
}

async function authorizeAndServe(call: AwsCall, options: AwsEndpointOptions): Promise<AwsReply> {
  const refusal = refusalOf(call, options.assembly.current);
  if (refusal) {
    options.onDenied(refusal.denial);
    throw new ServiceError(refusal.code, refusal.message, refusedStatus(call.service));
  }
  return services[call.service](call, options);
}

function callerOf(
  request: IncomingMessage,
  options: AwsEndpointOptions,
  service: ServiceName | undefined,
): FunctionResource {
  const key = accessKeyOf(request.headers.authorization);
  const credentials = options.credentials().find((candidate) => candidate.accessKeyId === key);
  const caller = options.assembly.current.functions.find(({ name }) => name === credentials?.functionName);
  if (caller) return caller;
  throw new ServiceError(
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    refusedStatus(service),
  );
}

/** The service that a request is signed for. */
function scopeOf(request: IncomingMessage): string | undefined {
  return /\bCredential=[^/,\s]+\/\d+\/[\w-]+\/([\w-]+)\//.exec(request.headers.authorization ?? '')?.[1];
}

/** The service by the credential scope, for the form of an error that comes before the request is read. */
function serviceOf(request: IncomingMessage): ServiceName | undefined {
  const scope = scopeOf(request);
  return scope !== undefined && scope in services ? (scope as ServiceName) : undefined;
}

function asServiceError(error: unknown, options: AwsEndpointOptions): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof BodyTooLargeError) {
    return new ServiceError('RequestTooLargeException', 'The request is too large', 413);
  }
  reportDefect(error, options);
  return new ServiceError('InternalServerError', 'The local runner failed to serve the call', 500);
}

function reportDefect(error: unknown, { terminal }: AwsEndpointOptions): void {
  terminal.error(`AWS endpoint: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}
