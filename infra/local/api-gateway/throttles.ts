import type { ThrottleResource } from '../resources/api-gateway.ts';

/** The throttles of a stage's routes, and what is left of each. */
export interface RouteThrottles {
  /** Sets what a route takes. */
  set(routeKey: string, throttle: ThrottleResource): void;
  /** @returns whether the route had a throttle of its own */
  remove(routeKey: string): boolean;
  /** Counts a request. @returns whether the route takes it now */
  take(routeKey: string): boolean;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
  readonly throttle: ThrottleResource;
}

/**
 * A token bucket for each route, as API Gateway has it: `burst` tokens at most, `rate` new ones a second, one for each
 * request. API Gateway keeps to it as well as it can over many machines; one machine keeps to it exactly.
 * @param fallback the throttle of routes that have none of their own
 */
export function createRouteThrottles(fallback: () => ThrottleResource, nowMs: () => number): RouteThrottles {
  const own = new Map<string, ThrottleResource>();
  const buckets = new Map<string, Bucket>();

  /** The bucket of a route, a full one where its throttle has changed. */
  function bucketOf(routeKey: string, throttle: ThrottleResource): Bucket {
    const known = buckets.get(routeKey);
    if (known?.throttle.rate === throttle.rate && known.throttle.burst === throttle.burst) return known;
    const full = { tokens: throttle.burst, filledAtMs: nowMs(), throttle };
    buckets.set(routeKey, full);
    return full;
  }

  return {
    set: (routeKey, throttle) => void own.set(routeKey, throttle),
    remove: (routeKey) => own.delete(routeKey),
    take(routeKey) {
      const throttle = own.get(routeKey) ?? fallback();
      const bucket = bucketOf(routeKey, throttle);
      const now = nowMs();
      // A clock that is set back fills nothing.
      const seconds = Math.max(0, now - bucket.filledAtMs) / 1000;
      bucket.tokens = Math.min(throttle.burst, bucket.tokens + seconds * throttle.rate);
      bucket.filledAtMs = now;
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}
