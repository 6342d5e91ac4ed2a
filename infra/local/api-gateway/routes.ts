import type { RouteResource } from '../resources/api-gateway.ts';

/** A route that fits a request, with the decoded values of its path's variables. */
export interface RouteMatch {
  readonly route: RouteResource;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Candidate extends RouteMatch {
  /** One digit for each segment, the smaller the more specific. */
  readonly rank: string;
}

const EXACT = '0';
const VARIABLE = '1';
const GREEDY = '2';
const END = '!';

/**
 * Picks the route of a request as an HTTP API does: a full match before a greedy one, `$default` last; a named method
 * before ANY. @param path decoded
 */
export function matchRoute(
  routes: readonly RouteResource[],
  method: string,
  path: string,
): RouteMatch | undefined {
  const candidates = routes.flatMap((route) => candidate(route, method, path) ?? []);
  candidates.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const fallback = routes.find(({ key }) => key === '$default');
  return candidates[0] ?? (fallback && { route: fallback, parameters: {} });
}

function candidate(route: RouteResource, method: string, path: string): Candidate | undefined {
  const [routeMethod, pattern] = route.key.split(' ');
  if (pattern === undefined || (routeMethod !== 'ANY' && routeMethod !== method)) return undefined;
  const match = matchPath(pattern.split('/'), path.split('/'));
  if (match === undefined) return undefined;
  const greedy = match.rank.includes(GREEDY) ? GREEDY : EXACT;
  const any = routeMethod === 'ANY' ? VARIABLE : EXACT;
  return { route, parameters: match.parameters, rank: greedy + match.rank + END + any };
}

function matchPath(pattern: readonly string[], path: readonly string[]) {
  const parameters: Record<string, string> = {};
  let rank = '';
  for (const [index, segment] of pattern.entries()) {
    const value = path[index];
    const variable = /^\{(.+?)(\+?)\}$/.exec(segment);
    if (variable?.[2]) {
      const rest = path.slice(index).join('/');
      if (rest === '') return undefined;
      parameters[variable[1] ?? ''] = rest;
      return { parameters, rank: rank + GREEDY };
    }
    if (variable) {
      if (value === undefined || value === '') return undefined;
      parameters[variable[1] ?? ''] = value;
    } else if (segment !== value) return undefined;
    rank += variable ? VARIABLE : EXACT;
  }
  return pattern.length === path.length ? { parameters, rank } : undefined;
}
