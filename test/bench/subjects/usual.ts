import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
// oxlint-disable-next-line import/no-named-as-default -- the types only declare the default export
import middy from '@middy/core';
import jsonBodyParser from '@middy/http-json-body-parser';
import { Stripe } from 'stripe';
import { z } from 'zod';

/**
 * The payment flow as a careful team writes it with the usual parts: middy, Powertools, full zod, SDK clients
 * made at init. It does less than ours (no intent record, no idempotency, no outbox), so it is flattered.
 */
const logger = new Logger({ serviceName: 'payments' });
const metrics = new Metrics({ namespace: 'Usual', serviceName: 'payments' });
const database = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const bus = new EventBridgeClient({});
const secrets = new SecretsManagerClient({});
const body = z.object({ amount: z.number().positive(), currency: z.string().length(3) });
let stripe: Promise<Stripe> | undefined;

async function connect(): Promise<Stripe> {
  const secret = await secrets.send(new GetSecretValueCommand({ SecretId: 'payments' }));
  const { values } = JSON.parse(secret.SecretString ?? '{}') as { values: { stripe: { secretKey: string } } };
  return new Stripe(values.stripe.secretKey, {
    host: '127.0.0.1',
    port: 12111,
    protocol: 'http',
    telemetry: false,
  });
}

async function createPayment(event: { body: unknown }) {
  const input = body.parse(event.body);
  stripe ??= connect();
  const intent = await (
    await stripe
  ).paymentIntents.create({ amount: input.amount * 100, currency: input.currency });
  const item = { PK: intent.id, amount: intent.amount, currency: intent.currency, status: intent.status };
  await database.send(new PutCommand({ TableName: 'payments', Item: item }));
  await bus.send(
    new PutEventsCommand({
      Entries: [{ Source: 'usual', DetailType: 'payment.created', Detail: JSON.stringify(item) }],
    }),
  );
  metrics.addMetric('payments', 'Count', 1);
  logger.info('created', { id: intent.id });
  return { statusCode: 201, body: JSON.stringify({ ...item, clientSecret: intent.client_secret }) };
}

export const handler = middy(createPayment)
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .use(jsonBodyParser());
