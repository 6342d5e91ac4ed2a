/** What CloudFormation leaves to a function. */
export interface CustomResource {
  /** The function to ask, with its alias. */
  readonly functionArn: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}
