import { CredentialsProviderError } from '@smithy/core/config';

/** Never has a value, so that a setting comes from its variable or has its default. */
export const fromSharedConfigFiles = () => (): Promise<never> =>
  Promise.reject(
    new CredentialsProviderError('A function has no configuration files', { tryNextLink: true }),
  );
