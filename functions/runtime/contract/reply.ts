/** What an operation answers: an HTTP status, a body, and headers where they matter. */
export interface Reply<T> {
  readonly status: number;
  readonly body: T;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ok = <T>(body: T): Reply<T> => ({ status: 200, body });

export const created = <T>(body: T, headers?: Readonly<Record<string, string>>): Reply<T> => ({
  status: 201,
  body,
  ...(headers && { headers }),
});
