/** An `AWS::ApiGatewayV2::Route` with the function it integrates and the authorizer in front of it. */
export interface RouteResource {
  /** `POST /payments/{id}` or `$default`. */
  readonly key: string;
  readonly functionArn: string;
  readonly auth: 'jwt' | 'none';
  readonly scopes: readonly string[];
  readonly issuer: string | undefined;
  readonly audience: readonly string[];
}

/** How many requests a route takes. */
export interface ThrottleResource {
  /** Requests a second in the long run. */
  readonly rate: number;
  /** Requests at once, before the rate counts. */
  readonly burst: number;
}

/** What an account has in a region, and with that a stage or route that has no throttle. */
export const ACCOUNT_THROTTLE: ThrottleResource = { rate: 10_000, burst: 5000 };

/** An `AWS::ApiGatewayV2::Stage`. */
export interface StageResource {
  readonly apiId: string;
  readonly name: string;
  /** Of routes that have no throttle of their own. */
  readonly throttle: ThrottleResource;
}

/** How the HTTP API answers pages of other origins. */
export interface CorsResource {
  readonly allowOrigins: readonly string[];
  /** Whether these origins are meant with any port, which only this machine's can be. */
  readonly anyPort: boolean;
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds: number;
}
