/** The parts that we read of an HTTP API event (payload format 2.0), which function URLs send too. */
export interface HttpEvent {
  readonly version: string;
  readonly routeKey: string;
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly pathParameters?: Readonly<Record<string, string | undefined>>;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly requestId?: string;
    /** When the request came in, in milliseconds since 1970. */
    readonly timeEpoch?: number;
    readonly http: { readonly method: string; readonly sourceIp?: string };
    readonly authorizer?: {
      readonly jwt?: {
        readonly claims: Readonly<Record<string, unknown>>;
        readonly scopes?: readonly string[] | null;
      };
    };
  };
}

/** What Lambda hands back to the HTTP API or the function URL. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
