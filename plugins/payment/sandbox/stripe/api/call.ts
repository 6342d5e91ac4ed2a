import type { Cause } from '../../shared/account.ts';
import type { Form } from '../http/form.ts';
import type { Account } from '../account.ts';

/** One authenticated API request. */
export interface Call extends Cause {
  readonly account: Account;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly form: Form;
  /** Made with the publishable key, as a front end does. */
  readonly publishable: boolean;
}
