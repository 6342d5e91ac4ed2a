import { LambdaClient } from '@aws-sdk/client-lambda';
import { clientDefaults, once } from './aws.ts';

/** The Lambda client for synchronous calls: never retries, because the operation called may not be repeatable. */
export const invokeClient = /* @__PURE__ */ once(
  () =>
    new LambdaClient({
      ...clientDefaults(),
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 1000, requestTimeout: 29_000 },
    }),
);

/** The Lambda client for administration: event source mappings. */
export const lambdaAdminClient = /* @__PURE__ */ once(() => new LambdaClient(clientDefaults()));
