export const tableAccesses = ['read', 'scan', 'write'] as const;

/** What a function may do with the items of a table. */
export type TableAccess = (typeof tableAccesses)[number];

/** One line of `permissions`, taken apart. */
type Permission =
  | { readonly kind: 'table'; readonly table: string; readonly access: TableAccess }
  | { readonly kind: 'publish'; readonly pattern: string }
  | { readonly kind: 'call'; readonly plugin: string; readonly operation: string };

const table = /table:(?<table>[a-z][a-z0-9-]{0,38}):(?<access>read|scan|write)/;
const publish = /events:publish:(?<pattern>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*(?:\.\*)?)/;
const call = /call:(?<plugin>[a-z][a-z0-9-]{1,38})\.(?<operation>[a-z][A-Za-z0-9]*)/;

export const permissionForms =
  'table:<table>:read, table:<table>:scan, table:<table>:write, events:publish:<type or type.*>, call:<plugin>.<operation>';

const withoutGroupNames = (pattern: RegExp) => pattern.source.replaceAll(/\?<\w+>/g, '?:');

/** The whole vocabulary as one pattern. `config:read` and `registry:read` are implied and cannot be written. */
export const permissionPattern = new RegExp(
  `^(?:${[table, publish, call].map(withoutGroupNames).join('|')})$`,
);

/** Takes a permission apart; `undefined` for what is not in the vocabulary. */
export function parsePermission(permission: string): Permission | undefined {
  if (!permissionPattern.test(permission)) return undefined;
  const part = (pattern: RegExp, name: string) => pattern.exec(permission)?.groups?.[name] ?? '';
  if (permission.startsWith('table:')) {
    const access = tableAccesses.find((one) => one === part(table, 'access')) ?? 'read';
    return { kind: 'table', table: part(table, 'table'), access };
  }
  if (permission.startsWith('events:')) return { kind: 'publish', pattern: part(publish, 'pattern') };
  return { kind: 'call', plugin: part(call, 'plugin'), operation: part(call, 'operation') };
}

/** Whether a publish pattern covers an event type: `payment.*` covers everything below `payment.`. */
export function covers(pattern: string, type: string): boolean {
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
