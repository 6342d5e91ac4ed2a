/** A statement of a policy, with the members as IAM names them. */
export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Sid?: string;
}

/** A policy as IAM takes it. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

/** An `AWS::IAM::Role` with every policy that is attached to it. */
export interface RoleResource {
  readonly arn: string;
  readonly name: string;
  /** Inline and attached identity policies, together. */
  readonly policies: readonly PolicyDocument[];
  readonly boundary: PolicyDocument | undefined;
  /** Who may assume it. */
  readonly trust: PolicyDocument | undefined;
}
