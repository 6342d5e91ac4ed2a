export const WHEN_BUILT = Symbol('when built');

/** A schema or a check that may not be built yet: see `schema/deferred/schema.ts`. */
export interface Buildable {
  [WHEN_BUILT](step: () => void): void;
}

/** Does something with the internals of a schema or a check once they are there. */
export function whenBuilt<T extends { readonly _zod: unknown }>(
  schema: T & Partial<Buildable>,
  step: (internals: T['_zod']) => void,
): void {
  const run = () => step(schema._zod);
  if (schema[WHEN_BUILT]) schema[WHEN_BUILT](run);
  else run();
}
