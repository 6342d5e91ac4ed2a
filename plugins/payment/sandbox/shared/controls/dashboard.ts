import * as z from 'zod/mini';
import type { Control } from './control.ts';
import { ControlError, parseControl } from './control.ts';

/** A request to the provider's own API that does what a button of its dashboard does. */
export interface DashboardRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/**
 * A control that acts as the merchant does in the provider's dashboard: by the function that serves the same request
 * of the API, without a key.
 */
export function dashboardControl<S extends z.ZodMiniType>(
  path: RegExp,
  schema: S,
  act: (request: DashboardRequest) => object,
  requestOf: (body: z.output<S>, id: string) => DashboardRequest,
): Control {
  return {
    method: 'POST',
    path,
    run: ({ body, id }) => act(requestOf(parseControl(schema, body), id)),
  };
}

/** A refusal of the provider's API; `executed` says that the request had acted, so that what it wrote stays. */
export interface Refusal {
  readonly message: string;
  readonly status: number;
  readonly executed: boolean;
}

/**
 * Runs the API's own function in a transaction, as the API does.
 * @throws ControlError when the API refuses
 */
export function performed<T>(
  { transaction }: { readonly transaction: <R>(work: () => R) => R },
  work: () => T,
  refusalOf: (error: unknown) => Refusal | undefined,
): T {
  const told = (error: unknown): never => {
    const refusal = refusalOf(error);
    throw refusal === undefined ? error : new ControlError(refusal.message, refusal.status);
  };
  let executed: unknown;
  const answer = (): { readonly made: T } | undefined => {
    try {
      return { made: work() };
    } catch (error) {
      if (refusalOf(error)?.executed !== true) throw error;
      executed = error;
      return undefined;
    }
  };
  try {
    const done = transaction(answer);
    return done === undefined ? told(executed) : done.made;
  } catch (error) {
    return told(error);
  }
}

/** The schema of a control that takes nothing. */
export const nothing = z.strictObject({});
