import { randomBytes } from 'node:crypto';
import type { Credentials } from '../types.ts';

/** The fake credentials of this run. */
export interface CredentialStore {
  /** Makes them when asked for the first time; they follow the function's role when that changes. */
  of(definition: { readonly name: string; readonly roleArn: string }): Credentials;
  list(): readonly Credentials[];
}

/** Random for each run, so that nothing outside this run's functions can call the AWS endpoint. */
export function createCredentialStore(): CredentialStore {
  const byFunction = new Map<string, Credentials>();

  return {
    of({ name, roleArn }) {
      const known = byFunction.get(name);
      if (known?.roleArn === roleArn) return known;
      const credentials = {
        accessKeyId: known?.accessKeyId ?? `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
        secretAccessKey: known?.secretAccessKey ?? randomBytes(20).toString('hex'),
        functionName: name,
        roleArn,
      };
      byFunction.set(name, credentials);
      return credentials;
    },
    list: () => [...byFunction.values()],
  };
}
