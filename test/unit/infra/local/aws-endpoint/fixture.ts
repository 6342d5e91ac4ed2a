import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouteThrottles } from '#infra/local/api-gateway/throttles.ts';
import { startAwsEndpoint } from '#infra/local/aws-endpoint/start.ts';
import { startEngine } from '#infra/local/engine/start.ts';
import { ensureTables } from '#infra/local/engine/tables.ts';
import { ACCOUNT_THROTTLE } from '#infra/local/resources/api-gateway.ts';
import type { Assembly } from '#infra/local/resources/assembly.ts';
import type { TableResource } from '#infra/local/resources/dynamodb.ts';
import { createTraceStore } from '#infra/local/traces/trace-store.ts';
import type { PolicyStatement } from '#infra/local/resources/iam.ts';
import type { EventSourceMappingResource, FunctionResource } from '#infra/local/resources/lambda.ts';
import type { QueueResource } from '#infra/local/resources/sqs.ts';
import { openState } from '#infra/local/state/open.ts';
import type { Credentials, Denial, Functions, InvokeResult, Terminal } from '#infra/local/types.ts';

export const region = 'us-east-1';
export const accountId = '000000000000';

export const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${accountId}:${rest}`;

export function recordingTerminal(): Terminal & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  return { lines, info: write, warn: write, error: write };
}

/** Answers invocations with a function of the test, in this process. */
export function fakeFunctions(
  answer: (event: Record<string, unknown>, functionArn: string) => unknown,
): Functions & { readonly events: Record<string, unknown>[] } {
  const events: Record<string, unknown>[] = [];
  return {
    events,
    async invoke(functionArn, payload): Promise<InvokeResult> {
      const event = JSON.parse(payload.toString()) as Record<string, unknown>;
      events.push(event);
      const done = { requestId: crypto.randomUUID(), durationMs: 1 };
      try {
        const body = Buffer.from(JSON.stringify(await answer(event, functionArn)) ?? 'null');
        return { ...done, functionError: undefined, payload: body };
      } catch (error) {
        const body = Buffer.from(JSON.stringify({ errorType: 'Error', errorMessage: String(error) }));
        return { ...done, functionError: 'Unhandled', payload: body };
      }
    },
  };
}

export const table: TableResource = {
  name: 'app-payments',
  arn: arn('dynamodb', 'table/app-payments'),
  partitionKey: { name: 'PK', type: 'S' },
  sortKey: { name: 'SK', type: 'S' },
  indexes: [
    {
      name: 'by-tenant',
      partitionKey: { name: 'GSI1PK', type: 'S' },
      sortKey: undefined,
      projection: { ProjectionType: 'ALL' },
    },
  ],
  ttlAttribute: 'ttl',
  streamArn: arn('dynamodb', 'table/app-payments/stream/2026-01-01T00:00:00.000'),
  streamView: 'NEW_IMAGE',
};

export const busArn = arn('events', 'event-bus/app');
export const ruleArn = arn('events', 'rule/app/paid');

export const deadQueue: QueueResource = queueNamed('app-paid-dlq');
export const queue: QueueResource = {
  ...queueNamed('app-paid'),
  redrive: { deadLetterArn: deadQueue.arn, maxReceiveCount: 2 },
  policy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'sqs:*',
        Resource: arn('sqs', 'app-paid'),
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arn('sqs', 'app-paid'),
        Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      },
    ],
  },
};

export function queueNamed(name: string): QueueResource {
  return {
    name,
    arn: arn('sqs', name),
    url: `http://127.0.0.1/${accountId}/${name}`,
    visibilityTimeoutSeconds: 30,
    retentionSeconds: 345_600,
    redrive: undefined,
    policy: undefined,
  };
}

export function functionNamed(name: string): FunctionResource {
  return {
    name,
    arn: arn('lambda', `function:${name}`),
    aliases: ['live'],
    roleArn: `arn:aws:iam::${accountId}:role/${name}-role`,
    handler: 'functions/api.handler',
    codeDir: '/nowhere',
    environment: {},
    memoryMb: 128,
    reservedConcurrency: Infinity,
    timeoutSeconds: 3,
    plugin: 'payment',
    key: 'api',
    manifest: 'plugins/payment/plugin.json',
    grantable: [
      { permission: 'table:payments:write', actions: ['dynamodb:PutItem'], resources: [table.arn] },
    ],
  };
}

export const allowAll: PolicyStatement = { Effect: 'Allow', Action: '*', Resource: '*' };

export function mappingOf(change: Partial<EventSourceMappingResource>): EventSourceMappingResource {
  return {
    id: 'mapping-1',
    sourceArn: table.streamArn ?? '',
    functionArn: `${functionNamed('app-admin').arn}:live`,
    batchSize: 10,
    maximumConcurrency: Infinity,
    batchingWindowSeconds: 0,
    filters: [],
    reportBatchItemFailures: true,
    bisectOnError: false,
    maxRetries: -1,
    maxRecordAgeSeconds: -1,
    onFailureArn: undefined,
    enabled: true,
    ...change,
  };
}

/** `app-admin` may do everything, `app-reader` only read the table. */
export function assemblyOf(change: Partial<Assembly> = {}): Assembly {
  const role = (name: string, statements: readonly PolicyStatement[]) => ({
    arn: `arn:aws:iam::${accountId}:role/${name}-role`,
    name: `${name}-role`,
    policies: [{ Version: '2012-10-17', Statement: statements }],
    boundary: undefined,
    trust: undefined,
  });
  const read = ['dynamodb:GetItem', 'dynamodb:UpdateItem'];
  return {
    dir: '/nowhere',
    region,
    accountId,
    functions: [functionNamed('app-admin'), functionNamed('app-reader')],
    schedules: [],
    roles: [
      role('app-admin', [allowAll]),
      role('app-reader', [{ Effect: 'Allow', Action: read, Resource: table.arn }]),
    ],
    tables: [table],
    queues: [queue, deadQueue],
    keys: [],
    topics: [],
    alarms: [],
    buses: [{ name: 'app', arn: busArn }],
    rules: [
      {
        name: 'paid',
        arn: ruleArn,
        busName: 'app',
        enabled: true,
        pattern: { source: ['app.payment'], 'detail-type': [{ prefix: 'payment.succeeded' }] },
        targets: [{ id: 'queue', arn: queue.arn, deadLetterArn: undefined }],
      },
    ],
    secrets: [
      {
        name: 'app/payment',
        arn: arn('secretsmanager', 'secret:app/payment-AbCdEf'),
        initialValue: '{"configVersion":1}',
      },
    ],
    customResources: [],
    destinations: [],
    mappings: [mappingOf({ id: 'mapping-1', sourceArn: queue.arn })],
    routes: [],
    functionUrls: [],
    plugins: [],
    resources: [],
    ...change,
  };
}

export const credentials: readonly Credentials[] = ['app-admin', 'app-reader'].map((functionName) => ({
  accessKeyId: `AKIA${functionName.toUpperCase().replace('-', '')}`,
  secretAccessKey: 'secret',
  functionName,
  roleArn: functionNamed(functionName).roleArn,
}));

/** Engine, state and AWS endpoint on a directory of their own. */
export async function startSystem(
  options: { assembly?: Assembly; functions?: Functions; dir?: string } = {},
) {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'anineeplus-'));
  const terminal = recordingTerminal();
  const assembly = { current: options.assembly ?? assemblyOf() };
  const state = openState(dir);
  const engine = await startEngine({ stateDir: dir, terminal });
  await ensureTables(engine, assembly.current.tables);
  const functions = options.functions ?? fakeFunctions((event) => ({ echo: event }));
  const denials: Denial[] = [];
  const traces = createTraceStore();
  const throttles = createRouteThrottles(
    () => ACCOUNT_THROTTLE,
    () => 0,
  );
  const awsEndpoint = await startAwsEndpoint({
    assembly,
    functions: () => functions,
    engine,
    state,
    terminal,
    traces,
    throttles,
    credentials: () => credentials,
    onDenied: (denial) => void denials.push(denial),
  });
  const client = (functionName = 'app-admin') => {
    const found = credentials.find((candidate) => candidate.functionName === functionName);
    return {
      endpoint: awsEndpoint.url,
      region,
      maxAttempts: 1,
      credentials: { accessKeyId: found?.accessKeyId ?? 'AKIAUNKNOWN', secretAccessKey: 'secret' },
    };
  };
  /** SQS as its JSON protocol has it, without an SDK. */
  const sqs = async (operation: string, input: unknown, functionName = 'app-admin') => {
    const key = client(functionName).credentials.accessKeyId;
    const response = await fetch(awsEndpoint.url, {
      method: 'POST',
      headers: {
        'x-amz-target': `AmazonSQS.${operation}`,
        'content-type': 'application/x-amz-json-1.0',
        authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/${region}/sqs/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(input),
    });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body };
  };
  return {
    dir,
    terminal,
    assembly,
    state,
    engine,
    awsEndpoint,
    denials,
    throttles,
    client,
    sqs,
    async stop(keep = false) {
      await awsEndpoint.close();
      await engine.stop();
      state.close();
      if (!keep) rmSync(dir, { recursive: true, force: true });
    },
  };
}

export type System = Awaited<ReturnType<typeof startSystem>>;
