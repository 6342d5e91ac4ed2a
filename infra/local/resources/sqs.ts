import type { PolicyDocument } from './iam.ts';

/** An `AWS::SQS::Queue` with its policy. */
export interface QueueResource {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceiveCount: number } | undefined;
  /** The customer's key that encrypts it; undefined for AWS's own. */
  readonly kmsKeyArn?: string | undefined;
  /** The queue's resource policy. */
  readonly policy: PolicyDocument | undefined;
}
