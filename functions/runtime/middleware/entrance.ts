import { platformProblem } from '../contract/errors.ts';
import type { Adapter } from '../adapter.ts';
import type { Middleware } from './types.ts';

/** Refuses an event that came by an alias which is not the adapter's, and logs and counts its sender. */
export function entrance<R>({ adapter }: { readonly adapter: Pick<Adapter<R>, 'denies'> }): Middleware {
  return {
    before: function entranceBefore({ event: invocation }) {
      const { alias, caller, kind } = invocation.entrance;
      const reason = adapter.denies
        ? adapter.denies(invocation)
        : kind === 'trigger'
          ? undefined
          : 'only AWS itself starts this function';
      if (reason === undefined) return;
      invocation.log.warn('Call denied', { calledBy: caller, alias: alias ?? 'none', reason });
      invocation.log.count('plugin.calls.denied');
      throw platformProblem('call-denied', { detail: `This call is not granted: ${reason}.` });
    },
  };
}
