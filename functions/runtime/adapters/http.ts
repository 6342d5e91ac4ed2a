import type { PluginManifest } from '../contract/plugin.ts';
import { platformProblem } from '../contract/errors.ts';
import type { Adapter } from '../adapter.ts';
import { jsonBody } from './json-body.ts';
import { httpCaller } from './caller.ts';
import type { HttpEvent, HttpResponse } from './http-event.ts';
import { httpProblem, httpResponse } from './http-response.ts';
import { mergeInput } from './input.ts';
import { runOperation, type OperationsByName } from './run-operation.ts';

interface HttpOptions {
  readonly manifest: PluginManifest;
  readonly operations: OperationsByName;
  readonly auth: 'jwt' | 'none';
  readonly strictOutput: boolean;
}

/** The parts that API Gateway fills itself, and which no other trigger's event has. */
function isHttpEvent(event: unknown): boolean {
  const { routeKey, requestContext, kind } = (event ?? {}) as Partial<HttpEvent> & {
    readonly kind?: unknown;
  };
  return typeof routeKey === 'string' && requestContext?.http !== undefined && kind === undefined;
}

/** Of the span; the path of the request itself may hold ids. */
function routeAttributes({ routeKey }: Partial<HttpEvent>): Readonly<Record<string, string>> {
  const [method = '', route = ''] = routeKey?.split(' ') ?? [];
  return { 'http.request.method': method, 'http.route': route };
}

/** Operation by route key, e.g. `POST /payments/{id}/capture`; what is internal has no route. */
function routesOf(manifest: PluginManifest): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(manifest.operations ?? {}).flatMap(([name, { http, expose }]) =>
      http && expose !== 'internal' ? [[`${http.method} ${http.path}`, name] as const] : [],
    ),
  );
}

/** The routes of an HTTP API (payload format 2.0). */
export function httpAdapter({
  manifest,
  operations,
  auth,
  strictOutput,
}: HttpOptions): Adapter<HttpResponse> {
  const routes = routesOf(manifest);

  return {
    middleware: [jsonBody()],
    describe(raw) {
      const event = (raw ?? {}) as HttpEvent;
      return {
        operation: routes.get(event.routeKey) ?? 'unknown-route',
        requestId: event.requestContext?.requestId,
        traceparent: event.headers?.['traceparent'],
        instance: event.rawPath,
        sourceIp: event.requestContext?.http?.sourceIp,
        attributes: routeAttributes(event),
      };
    },
    denies: ({ event, entrance }) =>
      entrance.kind === 'trigger' && isHttpEvent(event) ? undefined : 'only API Gateway sends requests here',
    async handle(invocation) {
      const event = invocation.event as HttpEvent;
      const name = routes.get(event.routeKey);
      const operation = name === undefined ? undefined : operations[name];
      if (name === undefined || !operation)
        throw platformProblem('not-found', { detail: 'There is no such route.' });
      const input = mergeInput(operation.input, {
        path: event.pathParameters,
        query: event.queryStringParameters,
        body:
          operation.bodyMember === undefined ? invocation.body : { [operation.bodyMember]: invocation.body },
      });
      const reply = await runOperation(
        {
          name,
          operation,
          manifest,
          auth,
          caller: httpCaller(event, { auth, manifest, operation: name }),
          input,
          idempotencyKey: event.headers['idempotency-key'],
          ifMatch: event.headers['if-match'],
          strictOutput,
        },
        invocation,
      );
      return httpResponse(invocation, reply.status, reply.body, reply.headers);
    },
    refuse: (invocation, problem) => httpProblem(invocation, problem),
  };
}
