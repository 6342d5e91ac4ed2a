import { useCallback, useEffect, useState } from 'preact/hooks';
import { call } from './client.ts';
import { type ApiProblem, problemOf } from './problem.ts';

/** What a page knows of something that the API answers. */
export interface Resource<T> {
  /** The last answer; it stays while another one is on its way. */
  readonly data: T | undefined;
  /** Why the last call failed. */
  readonly problem: ApiProblem | undefined;
  readonly isLoading: boolean;
  /** Asks again, now. */
  readonly reload: () => void;
}

interface ResourceOptions {
  /** Asks again so often while the page is visible; milliseconds. */
  readonly everyMs?: number;
  /** Whether the last answer stays while that of another path is on its way. */
  readonly keepsOther?: boolean;
}

/** Says that nobody has asked for this: the local system does not print these calls. */
const REFRESH = { 'x-console-refresh': '1' };

/** Reads a path of the API and keeps the answer; `undefined` reads nothing. */
export function useResource<T>(path: string | undefined, options: ResourceOptions = {}): Resource<T> {
  const { everyMs, keepsOther = false } = options;
  const [state, setState] = useState<{ path?: string | undefined; data?: T; problem?: ApiProblem }>({});
  const [isLoading, setLoading] = useState(path !== undefined);
  const [round, setRound] = useState({ number: 0, isRefresh: false });
  const ask = useCallback(
    (isRefresh: boolean) => setRound(({ number }) => ({ number: number + 1, isRefresh })),
    [],
  );
  const reload = useCallback(() => ask(false), [ask]);

  useEffect(() => {
    if (path === undefined) return;
    const abort = new AbortController();
    setLoading(true);
    call<T>(path, { signal: abort.signal, ...(round.isRefresh && { headers: REFRESH }) })
      .then(({ body: data }) => setState({ path, data }))
      .catch((error: unknown) => {
        if (!abort.signal.aborted) setState((before) => ({ ...before, path, problem: problemOf(error) }));
      })
      .finally(() => {
        if (!abort.signal.aborted) setLoading(false);
      });
    return () => abort.abort();
  }, [path, round]);

  useEffect(() => {
    // A slow answer is waited for: asking again would give it up.
    if (everyMs === undefined || path === undefined || isLoading) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') ask(true);
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, path, ask, isLoading]);

  const isOfPath = state.path === path;
  return {
    data: isOfPath || keepsOther ? state.data : undefined,
    problem: isOfPath ? state.problem : undefined,
    isLoading,
    reload,
  };
}
