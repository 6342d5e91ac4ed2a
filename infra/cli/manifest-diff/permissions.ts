import { covers, parsePermission } from '#infra/manifest/permissions.ts';
import type { Manifest } from '#infra/manifest/schema.ts';
import type { Change } from './change.ts';

/** What each function may now do, and what no longer. A line that another one covers changes nothing. */
export function permissionChanges(
  before: Manifest | undefined,
  after: Manifest | undefined,
): readonly Change[] {
  const [old, now] = [before?.permissions ?? {}, after?.permissions ?? {}];
  const functions = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return functions.flatMap((key) => {
    const [lost, won] = [without(old[key] ?? [], now[key] ?? []), without(now[key] ?? [], old[key] ?? [])];
    return [
      ...won.map((line): Change => change('widened', `${key} may now ${inWords(line)}`)),
      ...lost.map((line): Change => change('narrowed', `${key} may no longer ${inWords(line)}`)),
    ];
  });
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
