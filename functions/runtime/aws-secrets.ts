import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientDefaults, once } from './aws.ts';

/** The Secrets Manager client of this environment. */
export const secretsClient = /* @__PURE__ */ once(() => new SecretsManagerClient(clientDefaults()));
