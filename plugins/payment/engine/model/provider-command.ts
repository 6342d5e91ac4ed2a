import type { OperationStatus } from '../../payments/model/payment.ts';

/**
 * A call to the provider about a customer, a payment method or a subscription, stored in its aggregate before it is
 * made. `providerKey`, its idempotency key at the provider, never changes within an attempt.
 */
export interface ProviderCommand {
  readonly id: string;
  readonly kind: 'create' | 'update' | 'delete' | 'attach' | 'detach' | 'cancel' | 'resume';
  readonly status: OperationStatus;
  readonly providerKey: string;
  readonly attempt: number;
  /** Epoch milliseconds until which the invocation that makes the call may still be alive. */
  readonly lockUntil: number;
  readonly failureCode?: string | undefined;
  readonly createdAt: string;
}

/** Whether its outcome is not known yet. */
export const isOpen = ({ status }: ProviderCommand): boolean =>
  status === 'requested' || status === 'in_doubt';

/** The failure code of a command that the provider's object no longer allowed, because it was changed elsewhere. */
export const NOT_ALLOWED = 'invalid-state';

/** The command after the provider has executed it. */
export const succeeded = (call: ProviderCommand): ProviderCommand => ({ ...call, status: 'succeeded' });
/** The command after a definitive failure. */
export const failedWith = (call: ProviderCommand, failureCode: string): ProviderCommand => ({
  ...call,
  status: 'failed',
  failureCode,
});
