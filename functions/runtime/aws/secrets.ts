import type {
  GetSecretValueCommandInput,
  GetSecretValueCommandOutput,
  ListSecretVersionIdsCommandInput,
  ListSecretVersionIdsCommandOutput,
  PutSecretValueCommandInput,
  UpdateSecretVersionStageCommandInput,
} from '@aws-sdk/client-secrets-manager';
import { once } from '../once.ts';
import { createJsonCalls, dateOf } from './json-calls.ts';

/** A secret with its text; binary secrets are not read. */
type SecretValue = Pick<
  GetSecretValueCommandOutput,
  'SecretString' | 'VersionId' | 'VersionStages' | 'CreatedDate'
>;

type SecretVersions = Pick<ListSecretVersionIdsCommandOutput, 'Versions' | 'NextToken'>;

/**
 * The calls of Secrets Manager that functions make, as `SecretsManager` of the AWS SDK has them.
 * Each throws an AwsError with the code of the service, such as `ResourceNotFoundException`.
 */
export interface SecretsClient {
  getSecretValue(input: GetSecretValueCommandInput): Promise<SecretValue>;
  listSecretVersionIds(input: ListSecretVersionIdsCommandInput): Promise<SecretVersions>;
  /** The token becomes the id of the version; the same for all attempts, it makes one version of them. */
  putSecretValue(
    input: Omit<PutSecretValueCommandInput, 'SecretBinary'> & { ClientRequestToken: string },
  ): Promise<unknown>;
  updateSecretVersionStage(input: UpdateSecretVersionStageCommandInput): Promise<unknown>;
}

function createSecretsClient(): SecretsClient {
  const call = createJsonCalls('secretsmanager', { version: '1.1', target: 'secretsmanager' });
  return {
    async getSecretValue(input) {
      const { CreatedDate: createdAt, ...secret } = await call<SecretValue>('GetSecretValue', input);
      return { ...secret, CreatedDate: dateOf(createdAt) };
    },
    async listSecretVersionIds(input) {
      const { Versions: versions = [], ...page } = await call<SecretVersions>('ListSecretVersionIds', input);
      const Versions = versions.map((version) => ({
        ...version,
        CreatedDate: dateOf(version.CreatedDate),
        LastAccessedDate: dateOf(version.LastAccessedDate),
      }));
      return { ...page, Versions };
    },
    putSecretValue: (input) => call('PutSecretValue', input),
    updateSecretVersionStage: (input) => call('UpdateSecretVersionStage', input),
  };
}

/** The Secrets Manager client of this environment. */
export const secretsClient = /* @__PURE__ */ once(createSecretsClient);
