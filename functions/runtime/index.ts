/** Everything that a plugin author imports. */
export { apiHandler } from './adapters/api.ts';
export { subscriptionHandler } from './adapters/queue.ts';
export { scheduleHandler } from './adapters/schedule.ts';
export { webhookHandler } from './adapters/webhook.ts';
export { isAwsError } from './aws/aws-error.ts';
export type { DocumentClient } from './aws/document-types.ts';
export { documentClient, queryPages } from './aws/documents.ts';
export { cancellationReasons, failedCondition } from './aws/refused-write.ts';
export { createCaller, type CallRequest, type PluginCaller } from './call.ts';
export { remoteOperation, type RemoteOperation } from './calls/remote-operation.ts';
export * from './contract/docs.ts';
export * from './contract/errors.ts';
export * from './contract/health.ts';
export * from './contract/log.ts';
export type * from './contract/manifest-types.ts';
export * from './contract/operation.ts';
export * from './contract/plugin.ts';
export * from './contract/reply.ts';
export * from './contract/schedule.ts';
export * from './contract/subscription.ts';
export * from './contract/webhook.ts';
export { EventGapError } from './inbox/event-gap-error.ts';
export {
  createInbox,
  type Inbox,
  type InboxOptions,
  type InboxOutcome,
  type TransactionItem,
} from './inbox/inbox.ts';
export { secret } from './schema/secret.ts';
export { strings } from './strings.ts';
