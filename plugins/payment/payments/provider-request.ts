import type { PaymentOperation, Payment } from './model/payment.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import type { ProviderCall } from '../providers/provider-call.ts';

/**
 * Makes the provider call of an operation, the same for every repetition. A capture without amount captures an
 * approved payment.
 */
export function requestOf(
  provider: PaymentProvider,
  payment: Payment,
  { kind, request: { reason, final = true, ...confirmation }, amountMinor }: PaymentOperation,
  call: ProviderCall,
): Promise<Snapshot> {
  const { providerRef: ref = '', amountMinor: total, currency, captureMethod, metadata } = payment;
  switch (kind) {
    case 'create': {
      const { deployment, description, orderReference } = payment;
      const described = { deployment, description, orderReference, metadata };
      return provider.create(
        { paymentId: payment.id, amountMinor: total, currency, captureMethod, ...described, ...confirmation },
        call,
      );
    }
    case 'confirm': {
      const { paymentMethodId = '', returnUrl = payment.returnUrl, offSession } = confirmation;
      if (provider.confirm === undefined) throw new TypeError(`${provider.name} confirms nothing`);
      return provider.confirm({ ref, paymentMethodId, returnUrl, offSession }, call);
    }
    case 'authorize':
      return completeOf(provider, payment, call);
    case 'capture':
      if (amountMinor === undefined) return completeOf(provider, payment, call);
      return provider.capture({ ref, amountMinor, currency, final }, call);
    case 'cancel':
      return provider.cancel({ ref, reason }, call);
  }
}

async function completeOf(
  provider: PaymentProvider,
  { providerRef: ref = '', captureMethod }: Payment,
  call: ProviderCall,
): Promise<Snapshot> {
  if (provider.complete === undefined) throw new TypeError(`${provider.name} has nothing to complete`);
  return provider.complete({ ref, captureMethod }, call);
}
