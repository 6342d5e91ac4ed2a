import { type Answer, request, type RequestOptions } from './client.ts';

/** For whom a call is made. */
export interface TestCaller {
  /** Who it is; `developer` when left out. */
  readonly subject?: string;
  /** `default` when left out. */
  readonly tenant?: string;
  /** Every scope of the running plugins when left out; `[]` is none. */
  readonly scopes?: readonly string[];
}

/** Mints an access token of the local issuer, good for an hour. */
export async function mintToken(url: string, { subject, tenant, scopes }: TestCaller = {}): Promise<string> {
  const { status, body } = await request(url, 'POST', '/dev/token', {
    body: { sub: subject, tenant, scopes },
  });
  if (status !== 200) throw new Error(`no token for ${subject ?? 'the developer'}: ${JSON.stringify(body)}`);
  return body.token as string;
}

/** The API as one caller uses it. */
export interface TestClient {
  /** One HTTP request to the API, such as `request('POST', '/greetings', { body: { name: 'Ada' } })`. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** One GraphQL request; GraphQL's own errors are in `body.errors`, each with `extensions.code`. */
  graphql(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Answer>;
}

/** @param token makes the caller's token; undefined: none is sent, which locally is the developer with every scope */
export function createClient(url: () => string, token?: () => Promise<string>): TestClient {
  const client: TestClient = {
    async request(method, path, options = {}) {
      const authorization = token && { authorization: `Bearer ${await token()}` };
      return request(url(), method, path, { ...options, headers: { ...authorization, ...options.headers } });
    },
    graphql: (query, variables) => client.request('POST', '/graphql', { body: { query, variables } }),
  };
  return client;
}
