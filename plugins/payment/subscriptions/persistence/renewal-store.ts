import type { Change } from '../../payments/model/change.ts';

/** Payments that subscriptions create at the provider. */
export interface RenewalStore {
  /**
   * Writes a payment that was created at the provider, with its log, events and references.
   * @returns `taken` when one of the references has a payment already
   */
  insert(change: Change, refs: readonly string[]): Promise<'committed' | 'taken'>;
}
