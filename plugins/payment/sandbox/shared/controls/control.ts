import * as z from 'zod/mini';
import type { SandboxAccount } from '../account.ts';
import { pathPattern, type Route } from '../api/routes.ts';
import type { CoreRecords } from '../store/records.ts';

/** A control that cannot be obeyed; the message tells the tester why. */
export class ControlError extends Error {
  readonly status: number;
  constructor(message: string, status = 400) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

/** What a control gets: the query, the parsed JSON body and the id in its path. */
export interface ControlInput {
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly id: string;
}

/** One control below `/__sandbox`. */
export interface Control extends Route {
  readonly run: (input: ControlInput) => object;
}

/** A control for a method at a path below `/__sandbox`. */
export function controlAt(method: 'GET' | 'POST' | 'DELETE', path: string, run: Control['run']): Control {
  return { method, path: pathPattern(`/__sandbox/${path}`), run };
}

/** A control that changes objects, in one transaction; its body must fit the schema. */
export function actionControl<S extends z.ZodMiniType, Records extends CoreRecords>(
  { store }: Pick<SandboxAccount<Records>, 'store'>,
  path: string,
  schema: S,
  act: (body: z.output<S>, id: string) => object,
): Control {
  return controlAt('POST', path, ({ body, id }) =>
    store.transaction(() => act(parseControl(schema, body), id)),
  );
}

/** The body as the schema wants it, or a {@link ControlError} that says what is wrong. */
export function parseControl<S extends z.ZodMiniType>(schema: S, body: unknown): z.output<S> {
  const result = z.safeParse(schema, body);
  if (result.success) return result.data;
  throw new ControlError(z.prettifyError(result.error).replaceAll('\n', ' '));
}

/** The object that a control names, or a 404. */
export function named<T>(object: T | undefined, what: string, id: string): T {
  if (object === undefined) throw new ControlError(`there is no ${what} ${id}`, 404);
  return object;
}

/** The last of a list that `?limit=` leaves; all without it. */
export function newest<T>(list: readonly T[], query: URLSearchParams): readonly T[] {
  const limit = query.get('limit');
  if (limit === null) return list;
  if (!/^[1-9]\d{0,5}$/.test(limit)) throw new ControlError('limit must be a whole number from 1');
  return list.slice(-Number(limit));
}

/** The schema of a control that takes nothing. */
export const nothing = z.strictObject({});

/** Obeys a control, or throws a {@link ControlError}. */
export function runControl(
  controls: readonly Control[],
  method: string,
  path: string,
  input: Omit<ControlInput, 'id'>,
): object {
  for (const control of controls) {
    const match = control.method === method ? control.path.exec(path) : null;
    if (match) return control.run({ ...input, id: match[1] ?? '' });
  }
  const offered = controls.map((control) => {
    const shape = control.path.source.replace(/\(.*?\)/, '{id}');
    return `${control.method} ${shape.replaceAll(/[\^$\\]/g, '')}`;
  });
  throw new ControlError(`no such control; there are ${offered.join(', ')}`, 404);
}
