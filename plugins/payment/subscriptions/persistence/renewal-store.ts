import type { Change } from '../../payments/model/change.ts';

/** Payments that a subscription made at the provider. */
export interface RenewalStore {
  /**
   * Writes a payment that did not begin here, with its log, its events and the references that lead to it.
   * `taken`: there is a payment for one of the references already.
   */
  insert(change: Change, refs: readonly string[]): Promise<'committed' | 'taken'>;
}
