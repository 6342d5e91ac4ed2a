import { type Signer, unusableTokens } from '../../support/tokens.ts';
import type { RawRequest } from '../../support/raw-http.ts';

type HeaderLines = NonNullable<RawRequest['headers']>;

/** A request that no operation may serve. */
export interface Refusal {
  readonly name: string;
  readonly headers: HeaderLines;
  /** Appended to the path. */
  readonly query?: string;
  /** What the challenge says is wrong; undefined where there is no token at all. */
  readonly error: 'invalid_token' | 'insufficient_scope' | undefined;
}

const authorization = (value: string): readonly [string, string] => ['authorization', value];

/**
 * Every way to have no valid token: none, one where none is looked for, and one that does not hold.
 * @param signer signs with the issuer's own key, and gives every scope
 */
export async function invalidTokens(signer: Signer): Promise<readonly Refusal[]> {
  const good = await signer.sign();
  const bearer = `Bearer ${good}`;
  const missing = (name: string, query?: string, headers: HeaderLines = []): Refusal => ({
    name,
    headers,
    ...(query !== undefined && { query }),
    error: undefined,
  });
  const invalid = (name: string, ...headers: HeaderLines): Refusal => ({
    name,
    headers,
    error: 'invalid_token',
  });
  const [header, claims, signature = ''] = good.split('.');
  const unusable = unusableTokens.map(async ([name, make]) =>
    invalid(`a token ${name}`, authorization(`Bearer ${await make(signer)}`)),
  );
  return [
    missing('no token'),
    missing('a token in the query', `access_token=${good}`),
    missing('a header in the query', `Authorization=${encodeURIComponent(bearer)}`),
    missing('a token in a cookie', undefined, [['cookie', `access_token=${good}; Authorization=${good}`]]),
    missing('a token in another header', undefined, [
      ['x-authorization', bearer],
      ['proxy-authorization', bearer],
      ['x-amzn-remapped-authorization', bearer],
    ]),
    ...(await Promise.all(unusable)),
    invalid('an empty header', authorization('')),
    invalid('a scheme alone', authorization('Bearer')),
    invalid('garbage', authorization('x')),
    invalid('three parts of garbage', authorization('Bearer a.b.c')),
    invalid('two parts of a token', authorization(`Bearer ${header}.${claims}`)),
    invalid('no signature', authorization(`Bearer ${header}.${claims}.`)),
    invalid('half a signature', authorization(`Bearer ${header}.${claims}.${signature.slice(0, 100)}`)),
    invalid('bytes behind the token', authorization(`${bearer}AAAA`)),
    invalid('another scheme', authorization('Basic ZGV2ZWxvcGVyOg==')),
    invalid('a token under another scheme', authorization(`Basic ${good}`)),
    invalid('a long text', authorization(`Bearer ${'a'.repeat(7_000)}`)),
    invalid('a good token before a bad one', authorization(bearer), authorization('Bearer x')),
    invalid('a bad token before a good one', authorization('Bearer x'), authorization(bearer)),
    invalid('a good token twice', authorization(bearer), authorization(bearer)),
    invalid('two tokens in one header', authorization(`${bearer}, ${bearer}`)),
  ];
}

/** Valid tokens without the one scope that is needed. @param all every scope of the system */
export async function insufficientScopes(
  signer: Signer,
  scope: string,
  all: readonly string[],
): Promise<readonly Refusal[]> {
  const [family = '', right = ''] = scope.split(/:(?=[^:]*$)/);
  const granted = {
    'no scope': '',
    'every scope but the right one': all.filter((one) => one !== scope).join(' '),
    'a part of the scope': `${family} ${right} ${scope.slice(0, -1)}`,
    'more than the scope': `${scope}s ${scope}:all x${scope}`,
    wildcards: `* ${family}:* *:${right}`,
    'the scope in capitals': scope.toUpperCase(),
    'commas between': `${scope},${all.find((one) => one !== scope)}`,
  };
  return Promise.all(
    Object.entries(granted).map(async ([name, text]) => ({
      name,
      headers: [authorization(`Bearer ${await signer.sign({ scope: text })}`)],
      error: 'insufficient_scope' as const,
    })),
  );
}
