import * as z from 'zod/mini';

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

/** One control; the first group of `path` is the id. */
export interface Control {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  readonly run: (input: ControlInput) => object;
}

/** The body as the schema wants it, or a {@link ControlError} that says what is wrong. */
export function parseControl<S extends z.ZodMiniType>(schema: S, body: unknown): z.output<S> {
  const result = z.safeParse(schema, body);
  if (result.success) return result.data;
  throw new ControlError(z.prettifyError(result.error).replaceAll('\n', ' '));
}
