import type { Adapter } from '../adapter.ts';
import type { Middleware } from './types.ts';

/** Lets the adapter refuse an event before anything is read: too large, or the wrong method. */
export function admission<R>({ adapter }: { readonly adapter: Pick<Adapter<R>, 'admit'> }): Middleware {
  return {
    before: function admissionBefore({ event }) {
      adapter.admit?.(event.event);
    },
  };
}
