/** Everything that a plugin author imports. */
export * from './contract/errors.ts';
export * from './contract/health.ts';
export * from './contract/log.ts';
export * from './contract/operation.ts';
export * from './contract/plugin.ts';
export * from './contract/reply.ts';
export * from './contract/subscription.ts';
export * from './contract/webhook.ts';
