/** One endpoint of an API or of the controls; the group of `path` is the id. */
export interface Route {
  readonly method: string;
  readonly path: RegExp;
}

/** The expression for a path: `{id}` is a word, `{slug}` may have hyphens. */
export function pathPattern(path: string): RegExp {
  const source = path.replace('{id}', String.raw`(\w+)`).replace('{slug}', String.raw`([\w-]+)`);
  return new RegExp(`^${source}$`);
}

/** The endpoint for a method and path, with the id in the path; only the path fits when `route` is undefined. */
export function findRoute<R extends Route>(
  routes: readonly R[],
  method: string,
  path: string,
): { readonly route?: R; readonly id: string } | undefined {
  const fitting = routes.flatMap((route) => {
    const match = route.path.exec(path);
    return match ? [{ route, id: match[1] ?? '' }] : [];
  });
  return (
    fitting.find(({ route }) => route.method === method) ?? (fitting.length > 0 ? { id: '' } : undefined)
  );
}
