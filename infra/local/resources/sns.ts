import type { PolicyDocument } from './iam.ts';

/** An `AWS::SNS::Topic` with its policy. */
export interface TopicResource {
  readonly name: string;
  readonly arn: string;
  /** The topic's resource policy. */
  readonly policy: PolicyDocument | undefined;
}
