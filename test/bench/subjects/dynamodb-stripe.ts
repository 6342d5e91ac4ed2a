import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { Stripe } from 'stripe';

/** The limit of a function that keeps the two SDKs: nothing else is in it, and it is built as ours are. */
const database = new DynamoDBClient({ region: 'us-east-1', maxAttempts: 3 });
const stripe = new Stripe('sk_test_bench', {
  host: '127.0.0.1',
  port: 12111,
  protocol: 'http',
  telemetry: false,
});

export const handler = async () => {
  const { id } = await stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
  await database.send(new PutItemCommand({ TableName: 'payments', Item: { PK: { S: id } } }));
  return { statusCode: 201, body: JSON.stringify({ id }) };
};
