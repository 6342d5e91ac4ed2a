import type * as z from 'zod/mini';
import type { SandboxAccount } from '../account.ts';
import { answerOrRefusal, ApiRefusal } from '../api/refusal.ts';
import { findRoute, type Route } from '../api/routes.ts';
import type { CoreRecords } from '../store/records.ts';
import { type Control, controlAt, ControlError, parseControl } from './control.ts';

/** A request to the provider's own API that does what a button of its dashboard does. */
export interface DashboardRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A control that acts as the merchant does in the provider's dashboard. */
type DashboardControl = <S extends z.ZodMiniType>(
  path: string,
  schema: S,
  requestOf: (body: z.output<S>, id: string) => DashboardRequest,
) => Control;

/**
 * Makes controls that need no key: `run` serves their requests with the endpoint of the API, in a transaction as the
 * API does.
 */
export function dashboardOf<R extends Route, Records extends CoreRecords>(
  account: Pick<SandboxAccount<Records>, 'store'>,
  routes: readonly R[],
  run: (route: R, request: DashboardRequest, id: string) => object,
): DashboardControl {
  const send = (request: DashboardRequest): object => {
    const { id = '', route } = findRoute(routes, request.method, request.path) ?? {};
    if (route === undefined) throw new ControlError(`there is nothing at ${request.path}`, 404);
    const answer = account.store.transaction(() =>
      answerOrRefusal<object>(
        () => run(route, request, id),
        (refusal) => refusal,
      ),
    );
    if (answer instanceof ApiRefusal) throw answer;
    return answer;
  };
  return (path, schema, requestOf) =>
    controlAt('POST', path, ({ body, id }) => {
      try {
        return send(requestOf(parseControl(schema, body), id));
      } catch (error) {
        throw error instanceof ApiRefusal ? new ControlError(error.explanation, error.status) : error;
      }
    });
}

/** A `POST` to the API. */
export function postTo(path: string, body: DashboardRequest['body'] = {}): DashboardRequest {
  return { method: 'POST', path, body };
}

/** A `DELETE` to the API. */
export function deleteAt(path: string): DashboardRequest {
  return { method: 'DELETE', path };
}
