import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { aliases } from '#runtime/aliases.ts';

/** ARN of a function's alias, from its physical name: no reference to the stack that owns it. */
export function aliasArn(scope: Construct, functionName: string, alias: string): string {
  return functionArn(scope, `${functionName}:${alias}`);
}

/** ARN of a function without alias, from its physical name. */
export function functionArn(scope: Construct, functionName: string): string {
  return Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: functionName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** ARN of the alias that AWS's own triggers start. */
export const liveAliasArn = (scope: Construct, functionName: string): string =>
  aliasArn(scope, functionName, aliases.live);

/** Invoke of functions by one alias, from their ARNs; nothing for no function. */
export function grantInvoke(grantee: IGrantable, aliasArns: readonly string[]): void {
  if (aliasArns.length === 0) return;
  Grant.addToPrincipal({ grantee, actions: ['lambda:InvokeFunction'], resourceArns: [...aliasArns] });
}
