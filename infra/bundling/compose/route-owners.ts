import type { ComposedPlugin } from './composed-plugin.ts';
import type { PlatformRoutes } from './openapi.ts';

/** The plugin that serves each route of the API, or `platform`. */
export function routeOwnersOf(
  plugins: readonly Pick<ComposedPlugin, 'manifest'>[],
  platform: PlatformRoutes,
): Readonly<Record<string, string>> {
  const own = Object.values(platform).map((route) => [route, 'platform'] as const);
  const theirs = plugins.flatMap(({ manifest: { name, operations } }) =>
    Object.values(operations).flatMap(({ http, expose }) =>
      http && expose === 'public' ? [[http, name] as const] : [],
    ),
  );
  return Object.fromEntries(
    [...own, ...theirs].map(([{ method, path }, owner]) => [`${method} ${path}`, owner]),
  );
}
