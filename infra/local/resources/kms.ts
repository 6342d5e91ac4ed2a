import type { PolicyDocument } from './iam.ts';

/** An `AWS::KMS::Key` with its policy, without which nobody may use it. */
export interface KeyResource {
  readonly arn: string;
  readonly policy: PolicyDocument | undefined;
}
