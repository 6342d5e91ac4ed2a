import type { NextAction } from '../../payments/model/snapshot.ts';

/** A saved payment method at the provider: for display, not for building charges. */
export interface MethodSnapshot {
  readonly ref: string;
  /** `requires_action`: the payer still has to approve it at the provider. */
  readonly status: 'active' | 'requires_action' | 'detached';
  /** `card`, `paypal`, ... as the provider names it. */
  readonly type: string;
  readonly customerRef: string | undefined;
  readonly brand?: string | undefined;
  readonly last4?: string | undefined;
  readonly expMonth?: number | undefined;
  readonly expYear?: number | undefined;
  /** Our id of the customer as the object carries it, where it does. */
  readonly customerId?: string | undefined;
  readonly deployment?: string | undefined;
  readonly nextAction?: NextAction | undefined;
}

/** A customer at the provider. */
export interface CustomerSnapshot {
  readonly ref: string;
  readonly status: 'active' | 'deleted';
  /** Our customer id as the object carries it, and the deployment that wrote it. */
  readonly customerId?: string | undefined;
  readonly deployment?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
}
