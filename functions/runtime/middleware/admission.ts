import type { Adapter } from '../adapter.ts';
import type { Middleware } from './types.ts';

/** Lets the way in refuse an event by its look alone: too large, or the wrong method. */
export function admission<R>({ adapter }: { readonly adapter: Pick<Adapter<R>, 'admit'> }): Middleware {
  return {
    before: function admissionBefore({ event }) {
      adapter.admit?.(event.event);
    },
  };
}
