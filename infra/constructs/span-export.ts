import { Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Tracing } from '../deployment/deployment.ts';

/** What a function is told of where its spans go. */
export const tracingVariables = ({ endpoint, ratio }: Tracing): Readonly<Record<string, string>> => ({
  ANINEEPLUS_TRACING: endpoint,
  ANINEEPLUS_TRACING_RATIO: String(ratio),
});

/** Sending spans to X-Ray's OTLP endpoint; any other endpoint needs no permission. */
export function grantSpanExport(grantee: Construct & IGrantable, { endpoint }: Tracing): void {
  if (endpoint !== 'xray') return;
  const actions = ['xray:PutSpans', 'xray:PutSpansForIndexing'];
  Grant.addToPrincipal({ grantee, actions, resourceArns: ['*'] });
  const reason = 'X-Ray has no resources for the actions that send spans, which only write';
  Validations.of(grantee).acknowledge(
    { id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]', reason },
    { id: 'Serverless::Serverless-LambdaStarPermissions', reason },
  );
}
