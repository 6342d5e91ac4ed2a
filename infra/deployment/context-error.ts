/** What can be wrong with the context of a deployment, in `cdk.json` or after `-c`. */
export const contextErrors = {
  'stage-invalid': 'The stage has a name that resources cannot have',
  'auth-missing': 'A stage does not say who may call its API',
  'auth-invalid': 'The context does not say who issues the tokens',
  'context-invalid': 'A value of the context is not one of those that it may have',
  'cors-origins-invalid': 'The context does not say which pages may call the API',
  'console-invalid': 'The context does not say how people sign in to the console',
  'alarm-receiver-invalid': 'The context names a receiver of alarms that is none',
  'throttle-invalid': 'The context has a throttle that API Gateway could not keep',
  'kms-key-invalid': 'The context names no key of KMS',
  'kms-key-elsewhere': 'The key is of another region or account than the deployment',
  'kms-encrypt-invalid': 'The context does not say what is encrypted with the key',
} as const;

/** A value of the context that nothing can be deployed with. Its message begins with the code. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
  readonly code: keyof typeof contextErrors;

  /** @param rule what was given, and what to write */
  constructor(code: keyof typeof contextErrors, rule: string) {
    super(`${code}: ${rule}`);
    this.code = code;
  }
}
