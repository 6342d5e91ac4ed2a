import type { EventContract } from './contract.ts';
import * as payment from './payment.ts';

export * from './contract.ts';
export * from './payment.ts';

/** Every event that crosses our boundary. A type that a manifest publishes must be here. */
export const catalog: readonly EventContract<unknown>[] = [
  payment.paymentCreated,
  payment.paymentRequiresAction,
  payment.paymentApproved,
  payment.paymentProcessing,
  payment.paymentAuthorized,
  payment.paymentPartiallyCaptured,
  payment.paymentSucceeded,
  payment.paymentCanceled,
  payment.paymentFailed,
  payment.paymentAttemptFailed,
  payment.paymentInDoubt,
  payment.paymentLateSuccess,
  payment.paymentMismatch,
];
