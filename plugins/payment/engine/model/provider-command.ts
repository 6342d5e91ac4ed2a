import type { OperationStatus } from '../../payments/model/payment.ts';

/**
 * A call to the provider about a customer, a payment method or a subscription, written down with its object
 * before it is made. Its `providerKey` never changes within an attempt.
 */
export interface ProviderCommand {
  readonly id: string;
  readonly kind: 'create' | 'update' | 'delete' | 'attach' | 'detach' | 'cancel' | 'resume';
  readonly status: OperationStatus;
  readonly providerKey: string;
  readonly attempt: number;
  /** Epoch milliseconds until which the invocation that makes it may still be alive. */
  readonly lockUntil: number;
  readonly failureCode?: string | undefined;
  readonly createdAt: string;
}

/** Whether its outcome is not known yet. */
export const isOpen = ({ status }: ProviderCommand): boolean =>
  status === 'requested' || status === 'in_doubt';

/** The failure of a call that the object did not allow any more, because of what others did to it. */
export const NOT_ALLOWED = 'invalid-state';

export const succeeded = (call: ProviderCommand): ProviderCommand => ({ ...call, status: 'succeeded' });
export const failedWith = (call: ProviderCommand, failureCode: string): ProviderCommand => ({
  ...call,
  status: 'failed',
  failureCode,
});
