import type { Account, Cause } from '../account.ts';
import { ApiError, notAllowed } from '../api/errors.ts';
import { emit } from '../events.ts';
import type { MethodRecord } from '../store/records.ts';
import { idOf, magicOf } from './methods.ts';

/** The methods of a customer, oldest first. */
export function methodsOf(account: Account, customerId: string): MethodRecord[] {
  const all = account.store.all('method');
  return all.filter(({ object }) => object.customer === customerId);
}

/** Gives a method to a customer; a card that would be declined is declined now. */
export function attachToCustomer(cause: Cause, method: MethodRecord, customerId: string): MethodRecord {
  const owner = idOf(method.object.customer);
  if (owner === customerId) return method;
  if (owner !== '') {
    const message = 'The payment method you provided has already been attached to a customer.';
    const code = 'payment_method_unexpected_state';
    throw new ApiError(400, { type: 'invalid_request_error', code, message }, true);
  }
  checkUnspent(method);
  const { decline, declinesAfterAttaching } = magicOf(method.magic);
  if (decline && declinesAfterAttaching !== true) {
    const { code, declineCode, message } = decline;
    throw new ApiError(402, { type: 'card_error', code, message, decline_code: declineCode }, true);
  }
  return keepForCustomer(cause, method, customerId);
}

/** Gives a method that was just used to its customer. */
export function keepForCustomer(cause: Cause, method: MethodRecord, customerId: string): MethodRecord {
  const { account } = cause;
  const theirs = { ...method, object: { ...method.object, customer: customerId } };
  account.store.put('method', theirs.object.id, theirs);
  emit(cause, 'payment_method.attached', theirs.object, { customer: null });
  return theirs;
}

/** Detaches a method from its customer; nobody can use it again. */
export function detachFromCustomer(cause: Cause, method: MethodRecord): MethodRecord {
  const { account } = cause;
  const { customer } = method.object;
  const freed = { ...method, spent: true, object: { ...method.object, customer: null } };
  account.store.put('method', freed.object.id, freed);
  emit(cause, 'payment_method.detached', freed.object, { customer });
  return freed;
}

/** Refuses a method that had its one use. */
export function checkUnspent({ object, spent }: MethodRecord): void {
  if (spent !== true || object.customer !== null) return;
  const message =
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a ' +
    'connected account without Customer attachment, or was detached from a Customer. It may not be used again. To ' +
    'use a PaymentMethod multiple times, you must attach it to a Customer first.';
  throw notAllowed(message, { param: 'payment_method' });
}
