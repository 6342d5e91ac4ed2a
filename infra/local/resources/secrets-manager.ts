/** An `AWS::SecretsManager::Secret`. */
export interface SecretResource {
  readonly name: string;
  readonly arn: string;
  /** First value, from SecretString or GenerateSecretString's template. */
  readonly initialValue: string;
}
