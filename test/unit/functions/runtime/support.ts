import type { HealthReport } from '#runtime/contract/health.ts';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import type { MetricOptions } from '#runtime/contract/log.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import type { Reply } from '#runtime/contract/reply.ts';
import { ProblemError } from '#runtime/contract/errors.ts';
import { readEnvironment, type FunctionEnvironment } from '#runtime/environment.ts';
import type { InvocationMeasures, MetricRecorder } from '#runtime/telemetry/metric-recorder.ts';
import type { Telemetry } from '#runtime/telemetry/telemetry.ts';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Telemetry that keeps what it is told and prints nothing. */
export function quietTelemetry(): Telemetry & {
  readonly lines: LogLine[];
  readonly counts: Map<string, number>;
  /** What was measured with options of its own. */
  readonly labelled: (MetricOptions & { readonly metric: string; readonly value: number })[];
  readonly finished: InvocationMeasures[];
} {
  const lines: LogLine[] = [];
  const counts = new Map<string, number>();
  const at =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void lines.push({ level, message, fields });
  const finished: InvocationMeasures[] = [];
  const labelled: (MetricOptions & { readonly metric: string; readonly value: number })[] = [];
  const metrics: MetricRecorder = {
    count: (metric, value = 1, options) => {
      counts.set(metric, (counts.get(metric) ?? 0) + value);
      if (options) labelled.push({ metric, value, ...options });
    },
    duration: (metric, durationMs, options) => {
      counts.set(metric, durationMs);
      if (options) labelled.push({ metric, value: durationMs, ...options });
    },
    finish: (measures) => void finished.push(measures),
  };
  return {
    lines,
    counts,
    logger: new Logger({ serviceName: 'test', logLevel: 'SILENT' }),
    finished,
    labelled,
    metrics,
    log: {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      count: metrics.count,
      duration: metrics.duration,
    },
  };
}

/** The context of an invocation by an alias, or by the function's bare name. */
export const invokedBy = (alias: string | undefined): Context =>
  ({
    awsRequestId: 'lambda-1',
    functionName: 'fn',
    invokedFunctionArn: ['arn:aws:lambda:us-east-1:000000000000:function:fn', ...(alias ? [alias] : [])].join(
      ':',
    ),
    getRemainingTimeInMillis: () => 10_000,
  }) as unknown as Context;

export const lambdaContext = invokedBy('live');

export function environment(variables: Readonly<Record<string, string>> = {}): FunctionEnvironment {
  return readEnvironment({
    ANINEEPLUS_STAGE: 'test',
    ANINEEPLUS_PLUGIN: 'probe',
    ANINEEPLUS_FUNCTION: 'api',
    ...variables,
  });
}

const input = z.strictObject({
  id: z.optional(z.string()),
  limit: z.optional(z.int()),
  exact: z.optional(z.boolean()),
  amount: z.optional(z.union([z.number(), z.string()])),
  meta: z.optional(z.record(z.string(), z.unknown())),
  fail: z.optional(z.enum(['problem', 'crash', 'denied'])),
});

const manifest = {
  name: 'probe',
  version: '1.2.3',
  description: 'Shows what it got',
  author: 'test',
  operations: {
    echo: { http: { method: 'POST', path: '/echo/{id}' }, scope: 'probe:write' },
    look: { http: { method: 'GET', path: '/echo' }, scope: 'probe:read' },
  },
  webhooks: { hook: { path: '/webhooks/hook', maxBodyBytes: 20 } },
  events: { subscribes: { onThing: { type: 'thing.done', version: '^1.0.0' } } },
};

const show = (idempotency: 'key' | 'none') =>
  operation({
    summary: 'Answers with its input',
    input,
    output: z.record(z.string(), z.unknown()),
    errors: {},
    idempotency,
    async run(
      context: OperationContext<z.output<typeof input>, { readonly started: number }>,
    ): Promise<Reply<Record<string, unknown>>> {
      if (context.input.fail === 'problem') {
        throw new ProblemError(
          'teapot',
          { status: 418, title: 'A teapot' },
          { extensions: { requestId: 'first' } },
        );
      }
      if (context.input.fail === 'crash') throw new Error('the secret is sk_test_123');
      if (context.input.fail === 'denied') {
        throw new Error('wrapped', {
          cause: Object.assign(new Error('not allowed: dynamodb:PutItem'), { name: 'AccessDeniedException' }),
        });
      }
      const { input: got, caller, idempotency: key, services, requestId, traceparent } = context;
      return {
        status: idempotency === 'key' ? 201 : 200,
        body: { got, caller, key, services, requestId, traceparent },
        headers: { location: '/echo/1' },
      };
    },
  });

/** Operations that answer with what they got. */
export const probeOperations = { echo: show('key'), look: show('none') };

/** The plugin of {@link probeOperations}. */
export function probe(
  hooks: {
    initialize?: (config: { mode: string }) => { started: number } | Promise<{ started: number }>;
    onLoad?: () => void | Promise<void>;
    health?: () => HealthReport;
  } = {},
) {
  let started = 0;
  return definePlugin({
    manifest,
    config: z.object({ mode: z._default(z.string(), 'plain') }),
    ...hooks,
    initialize: hooks.initialize ?? (() => ({ started: ++started })),
  });
}

/** An HTTP API event as API Gateway sends it. */
export function httpEvent(
  routeKey: string,
  parts: {
    readonly body?: string;
    readonly isBase64Encoded?: boolean;
    readonly headers?: Record<string, string>;
    readonly path?: Record<string, string>;
    readonly query?: Record<string, string>;
    readonly scope?: string;
    readonly anonymous?: boolean;
  } = {},
): unknown {
  const [method, rawPath] = routeKey.split(' ');
  return {
    version: '2.0',
    routeKey,
    rawPath,
    headers: parts.headers ?? {},
    ...(parts.path && { pathParameters: parts.path }),
    ...(parts.query && { queryStringParameters: parts.query }),
    ...(parts.body !== undefined && { body: parts.body }),
    isBase64Encoded: parts.isBase64Encoded ?? false,
    requestContext: {
      requestId: 'req-1',
      http: { method, sourceIp: '203.0.113.7' },
      ...(!parts.anonymous && {
        authorizer: {
          jwt: {
            claims: { sub: 'me', tenant: 't1', scope: parts.scope ?? 'probe:write probe:read' },
            scopes: null,
          },
        },
      }),
    },
  };
}

/** What every answer over HTTP has. */
export const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
