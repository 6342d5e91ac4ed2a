import type { Cause } from '../../shared/core.ts';
import type { Form } from '../http/form.ts';
import type { World } from '../world.ts';

/** One authenticated API request. */
export interface Call extends Cause {
  readonly world: World;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly form: Form;
  /** Made with the publishable key, as a front end does. */
  readonly publishable: boolean;
}
