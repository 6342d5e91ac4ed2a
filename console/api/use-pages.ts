import { useEffect, useState } from 'preact/hooks';
import { get } from './client.ts';
import { type ApiProblem, problemOf } from './problem.ts';
import { type Resource, useResource } from './use-resource.ts';

/** A list that the API answers in pages, as far as it was read. */
export interface Pages<Page, Row> {
  /** The first page; it is read again as `useResource` does. */
  readonly first: Resource<Page>;
  readonly rows: readonly Row[];
  /** Reads the next page; undefined when there is none. */
  readonly next: (() => void) | undefined;
  readonly isLoading: boolean;
  /** Why the next page could not be read. */
  readonly problem: ApiProblem | undefined;
}

interface PagesOptions<Page, Row> {
  readonly rowsOf: (page: Page) => readonly Row[];
  /** What is asked for with the next page, of a list whose pages have no `cursor`; undefined after the last. */
  readonly nextOf?: (page: Page) => Readonly<Record<string, string>> | undefined;
  readonly everyMs?: number;
}

function byCursor(page: object): Readonly<Record<string, string>> | undefined {
  const { cursor } = page as { readonly cursor?: string | null };
  return typeof cursor === 'string' ? { cursor } : undefined;
}

/** Reads a list whose pages say how the next one is asked for. @param path with its filters; another path begins anew */
export function usePages<Page extends object, Row>(
  path: string | undefined,
  { rowsOf, nextOf = byCursor, everyMs }: PagesOptions<Page, Row>,
): Pages<Page, Row> {
  const first = useResource<Page>(path, everyMs === undefined ? {} : { everyMs });
  const [later, setLater] = useState<readonly Page[]>([]);
  const [isLoading, setLoading] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  useEffect(() => setLater([]), [path]);
  const last = later.at(-1) ?? first.data;
  const following = last && nextOf(last);
  const read = async (from: string, at: Readonly<Record<string, string>>): Promise<void> => {
    setLoading(true);
    setProblem(undefined);
    try {
      const page = await get<Page>(`${from}${from.includes('?') ? '&' : '?'}${new URLSearchParams(at)}`);
      setLater((before) => [...before, page]);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setLoading(false);
    }
  };
  return {
    first,
    rows: [...(first.data === undefined ? [] : [first.data]), ...later].flatMap(rowsOf),
    next: following === undefined || path === undefined ? undefined : () => void read(path, following),
    isLoading,
    problem,
  };
}
