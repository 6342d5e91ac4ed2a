/** An `AWS::SecretsManager::Secret`. */
export interface SecretResource {
  readonly name: string;
  readonly arn: string;
  /** First value, from SecretString or GenerateSecretString's template. */
  readonly initialValue: string;
  /** The customer's key that encrypts it; undefined for AWS's own. */
  readonly kmsKeyArn?: string | undefined;
}
