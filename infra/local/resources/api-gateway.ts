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
