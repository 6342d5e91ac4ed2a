import { fromEnv } from '@aws-sdk/credential-provider-env';
import type { DefaultProviderInit } from '@aws-sdk/credential-provider-node';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@aws-sdk/types';
import { CredentialsProviderError, memoize } from '@smithy/core/config';

/** Before they expire, credentials are read again. */
const REFRESH_BEFORE_MS = 300_000;

export const credentialsWillNeedRefresh = (credentials: AwsCredentialIdentity): boolean =>
  credentials?.expiration !== undefined;

export const credentialsTreatedAsExpired = (credentials: AwsCredentialIdentity): boolean =>
  credentials?.expiration !== undefined && credentials.expiration.getTime() - Date.now() < REFRESH_BEFORE_MS;

/** The credentials of the function's role, which Lambda puts into the environment. */
export function defaultProvider(init: DefaultProviderInit = {}): AwsCredentialIdentityProvider {
  const environment = fromEnv(init);
  const provide = async (): Promise<AwsCredentialIdentity> => {
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
    if (id && secret) return environment();
    throw new CredentialsProviderError(
      'No credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and functions have no other source by default',
      { tryNextLink: false },
    );
  };
  return memoize(provide, credentialsTreatedAsExpired, credentialsWillNeedRefresh);
}
