import type { Circle } from './circles.ts';
import type { ImportOrder } from './import-order.ts';

/** In which order the parts of a folder build on each other, lowest first. */
export const importOrders: Readonly<Record<string, ImportOrder>> = {
  functions: ['runtime', 'platform'],
  'infra/local': [
    'errors.ts',
    'json.ts',
    'ports.ts',
    'resources',
    'types.ts',
    'events',
    'iam',
    'assembly',
    'state',
    'engine',
    'http',
    'api-gateway',
    'lambda',
    'services',
    'aws-endpoint',
    'pollers',
    'schedules',
    'dev',
    'reload',
    'sandboxes',
    'runner',
    'main.ts',
  ],
};

/** Circles of imports that are still to be undone; one that is undone, or made smaller, has to be taken out here. */
export const knownCircles: readonly Circle[] = [
  [
    'functions/runtime/adapters/caller.ts',
    'functions/runtime/tokens/jwt.ts',
    'functions/runtime/tokens/verifier.ts',
  ],
  ['functions/runtime/invocation.ts', 'functions/runtime/middleware/types.ts'],
  ['plugins/examples/simple-plugin/operations/list-receipts.ts', 'plugins/examples/simple-plugin/plugin.ts'],
  [
    'plugins/payment/domain/limits.ts',
    'plugins/payment/domain/payment.ts',
    'plugins/payment/domain/snapshot.ts',
  ],
  [
    'plugins/payment/providers/customers.ts',
    'plugins/payment/providers/money-back.ts',
    'plugins/payment/providers/provider.ts',
    'plugins/payment/providers/records.ts',
  ],
  ['plugins/payment/store/refund-store.ts', 'plugins/payment/store/store.ts'],
  ['plugins/payment/domain/subscription-facts.ts', 'plugins/payment/domain/subscription.ts'],
  ['plugins/payment/store/dynamodb-actions.ts', 'plugins/payment/store/dynamodb-limits.ts'],
  [
    'plugins/payment/flows/apply-event.ts',
    'plugins/payment/flows/complete.ts',
    'plugins/payment/flows/customer-events.ts',
    'plugins/payment/flows/finish-settled.ts',
    'plugins/payment/flows/give-up.ts',
    'plugins/payment/flows/idempotency.ts',
    'plugins/payment/flows/money-back-events.ts',
    'plugins/payment/flows/owner.ts',
    'plugins/payment/flows/payer-refusal.ts',
    'plugins/payment/flows/payment-events.ts',
    'plugins/payment/flows/payment-method-events.ts',
    'plugins/payment/flows/refund-resume.ts',
    'plugins/payment/flows/refund-sync.ts',
    'plugins/payment/flows/renewals.ts',
    'plugins/payment/flows/resume.ts',
    'plugins/payment/flows/send-call.ts',
    'plugins/payment/flows/send.ts',
    'plugins/payment/flows/subscription-events.ts',
    'plugins/payment/flows/take-over.ts',
    'plugins/payment/flows/undertake.ts',
  ],
  [
    'plugins/payment/sandbox/paypal/store/records.ts',
    'plugins/payment/sandbox/paypal/store/refund-record.ts',
  ],
];
