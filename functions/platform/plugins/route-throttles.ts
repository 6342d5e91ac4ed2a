import * as z from 'zod/mini';
import type { StagesClient } from '#runtime/aws/api-gateway.ts';
import { isAwsError } from '#runtime/aws/aws-error.ts';

/** CloudFormation turns the numbers of a custom resource into texts. */
const number = z.pipe(
  z.union([z.number(), z.string().check(z.regex(/^\d+(\.\d+)?$/))]),
  z.transform((given: number | string) => Number(given)),
);

/** What a stack says of the throttles of its plugin's routes. */
export const throttlesOfStack = z.object({
  plugin: z.string(),
  apiId: z.string(),
  stage: z.string(),
  routes: z.array(z.object({ key: z.string(), rate: number, burst: number })),
});
export type ThrottlesOfStack = z.output<typeof throttlesOfStack>;

/** The throttles of routes, which are settings of the API's stage. */
export interface RouteThrottles {
  /**
   * Sets those of a plugin, and removes those that it had before and has no more: the stage refuses every change while
   * it has settings of a route that is gone.
   * @param wanted undefined when the plugin has none any more
   * @throws Error when a route is not the plugin's; then nothing is changed
   */
  replace(before: ThrottlesOfStack | undefined, wanted: ThrottlesOfStack | undefined): Promise<void>;
}

interface RouteThrottlesOptions {
  readonly client: () => StagesClient;
  /** The plugin that serves a route of this deployment, or `platform`. */
  readonly ownerOf: (routeKey: string) => string | undefined;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Of all calls for one resource together: the function has 29 seconds. */
const RETRIES_MAX = 12;
const RETRY_DELAY_MS = 1000;

/**
 * Other stacks change the API at the same time, and a permission that this deployment has just granted counts only some
 * seconds later.
 */
const PASSING = ['ConflictException', 'TooManyRequestsException', 'AccessDeniedException'];

/** Makes calls again for what passes, so often in all that CloudFormation hears of it in time. */
function persistence(sleep: RouteThrottlesOptions['sleep']) {
  let retriesLeft = RETRIES_MAX;
  return async function persist(call: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await call();
        return;
      } catch (error) {
        const passes = PASSING.some((code) => isAwsError(error, code));
        if (!passes || retriesLeft === 0) throw error;
        retriesLeft -= 1;
        await sleep(RETRY_DELAY_MS);
      }
    }
  };
}

/** The settings that are there no more; those of another API have gone with it. */
function goneFrom(before: ThrottlesOfStack | undefined, wanted: ThrottlesOfStack | undefined) {
  if (!before || (wanted && wanted.apiId !== before.apiId)) return [];
  const kept = new Set(wanted?.routes.map(({ key }) => key));
  const { apiId: ApiId, stage: StageName } = before;
  return before.routes
    .filter(({ key }) => !kept.has(key))
    .map(({ key: RouteKey }) => ({ ApiId, StageName, RouteKey }));
}

export function createRouteThrottles({ client, ownerOf, sleep }: RouteThrottlesOptions): RouteThrottles {
  function refuseForeign({ plugin, routes }: ThrottlesOfStack): void {
    for (const { key } of routes) {
      // A route that the deployment does not have is one of an earlier version, which is being restored.
      const owner = ownerOf(key) ?? plugin;
      if (owner !== plugin) throw new Error(`The route "${key}" is not one of ${plugin}, but of ${owner}`);
    }
  }

  return {
    async replace(before, wanted) {
      if (wanted) refuseForeign(wanted);
      const persist = persistence(sleep);
      // Removed first: settings of a route that is gone would have the stage refuse the others.
      for (const settings of goneFrom(before, wanted)) {
        await persist(() => client().deleteRouteSettings(settings)).catch((error: unknown) => {
          // Removed already, or gone together with the API.
          if (!isAwsError(error, 'NotFoundException')) throw error;
        });
      }
      if (!wanted || wanted.routes.length === 0) return;
      const settings = wanted.routes.map(({ key, rate, burst }) => {
        const throttle = { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst };
        return [key, { DetailedMetricsEnabled: true, ...throttle }] as const;
      });
      await persist(() =>
        client().updateStage({
          ApiId: wanted.apiId,
          StageName: wanted.stage,
          RouteSettings: Object.fromEntries(settings),
        }),
      );
    },
  };
}
