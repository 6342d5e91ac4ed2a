import { inOneLine } from '#infra/manifest/iam.ts';
import { covers, parsePermission } from '#infra/manifest/permissions.ts';
import type { Manifest } from '#infra/manifest/schema.ts';
import type { Change } from './change.ts';

/** What each function may now do, and what no longer. A line that another one covers changes nothing. */
export function permissionChanges(
  before: Manifest | undefined,
  after: Manifest | undefined,
): readonly Change[] {
  const [old, now] = [before?.permissions ?? {}, after?.permissions ?? {}];
  const [oldIam, nowIam] = [statementsOf(before), statementsOf(after)];
  const all = [old, now, oldIam, nowIam].flatMap((one) => Object.keys(one));
  return [...new Set(all)]
    .sort()
    .flatMap((key) => [
      ...changesOf(key, [old[key] ?? [], now[key] ?? []], inWords),
      ...changesOf(key, [oldIam[key] ?? [], nowIam[key] ?? []], (statement) => `do ${statement}`),
    ]);
}

function changesOf(
  key: string,
  [old, now]: readonly [readonly string[], readonly string[]],
  words: (line: string) => string,
): readonly Change[] {
  return [
    ...without(now, old).map((line) => change('widened', `${key} may now ${words(line)}`)),
    ...without(old, now).map((line) => change('narrowed', `${key} may no longer ${words(line)}`)),
  ];
}

/** The IAM statements of each function, each in one line with its name. */
function statementsOf(manifest: Manifest | undefined): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(manifest?.iam ?? {}).map(([key, statements]) => [
      key,
      statements.map((statement) => `${inOneLine(statement)} (${statement.sid})`),
    ]),
  );
}

const change = (effect: Change['effect'], text: string): Change => ({ area: 'permissions', effect, text });

/** The lines that no line of the others covers. */
const without = (lines: readonly string[], others: readonly string[]): readonly string[] =>
  [...new Set(lines)].filter((line) => !others.some((other) => isCovered(line, other)));

function isCovered(line: string, by: string): boolean {
  const [one, other] = [parsePermission(line), parsePermission(by)];
  if (one?.kind === 'publish' && other?.kind === 'publish') return covers(other.pattern, one.pattern);
  return line === by;
}

function inWords(line: string): string {
  const permission = parsePermission(line);
  switch (permission?.kind) {
    case 'table':
      return `${permission.access} table ${permission.table}`;
    case 'publish':
      return `publish ${permission.pattern}`;
    case 'call':
      return `call ${permission.plugin}.${permission.operation}`;
    case undefined:
      return `do what "${line}" allows`;
  }
}
