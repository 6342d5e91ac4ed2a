import { pathPattern, type Route } from '../../shared/api/routes.ts';
import type { Cause } from '../account.ts';
import type { Form } from './form.ts';

/** One authenticated API request. */
export interface Call extends Cause {
  readonly method: string;
  readonly path: string;
  readonly form: Form;
  /** Made with the publishable key, as a front end does. */
  readonly publishable: boolean;
}

/** Answers a request about the object with the id in the path. */
type Run = (call: Call, id: string) => object;

/** One endpoint; `publishable` ones may be called by front ends. */
export interface StripeRoute extends Route {
  readonly publishable: boolean;
  readonly run: Run;
}

const routeOf =
  (method: string) =>
  (path: string, run: Run, publishable: 'publishable' | '' = '') => ({
    method,
    path: pathPattern(path),
    run,
    publishable: publishable !== '',
  });

export const get = routeOf('GET');
export const post = routeOf('POST');
export const del = routeOf('DELETE');
