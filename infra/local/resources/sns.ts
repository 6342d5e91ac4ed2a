import type { PolicyDocument } from './iam.ts';

/** An `AWS::SNS::Topic` with its policy. */
export interface TopicResource {
  readonly name: string;
  readonly arn: string;
  /** The customer's key that encrypts it; undefined for AWS's own. */
  readonly kmsKeyArn?: string | undefined;
  /** The topic's resource policy. */
  readonly policy: PolicyDocument | undefined;
}
