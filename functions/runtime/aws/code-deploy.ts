import type { AwsClientOptions } from './client.ts';
import { createJsonCalls } from './json-calls.ts';

/** What CodeDeploy waits for before it moves traffic. */
export interface HookOutcome {
  readonly deploymentId: string;
  readonly lifecycleEventHookExecutionId: string;
  readonly status: 'Succeeded' | 'Failed';
}

/** The one call of CodeDeploy that a hook makes. */
export interface CodeDeploy {
  /** @throws AwsError when CodeDeploy does not take the outcome */
  putLifecycleEventHookExecutionStatus(outcome: HookOutcome): Promise<unknown>;
}

export function createCodeDeploy(options?: AwsClientOptions): CodeDeploy {
  const call = createJsonCalls('codedeploy', { version: '1.1', target: 'CodeDeploy_20141006' }, options);
  return {
    putLifecycleEventHookExecutionStatus: (outcome) => call('PutLifecycleEventHookExecutionStatus', outcome),
  };
}
