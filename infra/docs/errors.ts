import { configErrors } from '../../functions/platform/config/errors.ts';
import { graphqlErrors } from '../../functions/platform/graphql/errors.ts';
import { transitionErrors } from '../../functions/platform/plugins/errors.ts';
import type { ComposedPlugin } from '../bundling/compose/composed-plugin.ts';
import type { DescribedError } from '../bundling/compose/types.ts';
import { errorCodes } from '../manifest/codes.ts';
import { type Quota, quotas } from '../quotas/quotas.ts';
import { code, paragraphs, table } from './markdown.ts';

type Catalogue = Readonly<Record<string, DescribedError>>;

function codesTable(catalogue: Catalogue): string {
  const rows = Object.entries(catalogue).map(([key, { status, title, retryAfterSeconds }]) => [
    code(key),
    String(status),
    title,
    retryAfterSeconds === undefined ? '' : `${retryAfterSeconds} s`,
  ]);
  return table(['code', 'status', 'title', '`Retry-After`'], rows);
}

/** What the operations of a plugin refuse with beside the platform's own codes. */
export const errorsOfPlugin = ({ description }: ComposedPlugin): Catalogue =>
  Object.assign({}, ...Object.values(description.operations).map(({ errors }) => errors)) as Catalogue;

/** Every stable code of an answer and of the synth. */
export function errorsSection(plugins: readonly ComposedPlugin[], platform: Catalogue): string {
  const ofPlugins = plugins
    .map((plugin) => [plugin.manifest.name, errorsOfPlugin(plugin)] as const)
    .filter(([, errors]) => Object.keys(errors).length > 0);
  const ofSynth = [
    ...Object.entries(errorCodes),
    ...Object.values<Quota>(quotas).map(({ code: number, title, limit }) => [
      number,
      `${title}: more than ${limit}`,
    ]),
  ];
  return paragraphs(
    '## Errors',
    'An answer of 400 and above is `application/problem+json` (RFC 9457) with `code`, `status`, `title`, `requestId` and ' +
      'perhaps `detail`; in GraphQL the code is `extensions.code`. Codes are stable, titles are not. What causes each ' +
      'and what to do is in [TROUBLESHOOTING.md](TROUBLESHOOTING.md#error-codes), with the codes of the start and of ' +
      'the command line. Answers that API Gateway or Lambda give before a function is reached have `message` alone.',
    '### Codes of every operation',
    codesTable(platform),
    '### Codes of GraphQL',
    codesTable(graphqlErrors),
    '### Codes of loading and unloading',
    codesTable(transitionErrors),
    '### Codes of configurations',
    codesTable(configErrors),
    ...ofPlugins.flatMap(([name, errors]) => [`### Codes of ${name}`, codesTable(errors)]),
    '### Codes of the synth',
    table(
      ['code', 'error'],
      ofSynth.map(([number = '', title = '']) => [code(number), title]),
    ),
  );
}
