import { type ApiTarget, callApi } from '../api-client.ts';
import { CommandError } from '../command-error.ts';
import type { CommandResult } from '../output/result.ts';
import type { View } from '../output/view.ts';
import { readOwnFile } from '../own-file.ts';

interface ConfigView {
  readonly name: string;
  readonly configVersion: number;
  readonly label: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly overridden: readonly string[] | null;
  readonly changed?: readonly string[];
}

export const pathOf = (name: string): string => `/plugins/${encodeURIComponent(name)}/config`;

/** The configuration in force, with secrets masked. */
export async function getConfig(target: ApiTarget, name: string): Promise<CommandResult> {
  const { body } = await callApi(target, 'GET', pathOf(name));
  const config = body as unknown as ConfigView;
  return {
    json: body,
    show(view) {
      view.heading(`${config.name} ${config.label}, version ${config.configVersion} of its shape`);
      const overridden = new Set(config.overridden ?? []);
      view.table(
        ['value', 'is', ''],
        valuesIn(config.values).map(([path, text]) => [
          path,
          text,
          overridden.has(path) ? 'overridden by the environment' : '',
        ]),
      );
    },
  };
}

/** Every value with its dotted path, as JSON. */
function valuesIn(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [[path, JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([name, member]) =>
    valuesIn(member, path === '' ? name : `${path}.${name}`),
  );
}

export interface SetFlags extends ApiTarget {
  readonly unset: readonly string[];
}

/** Changes values by their paths. */
export async function setConfig(
  { unset, ...target }: SetFlags,
  name: string,
  changes: readonly string[],
): Promise<CommandResult> {
  const entries = [...changes.map(parseChange), ...unset.map((path) => [path, null] as const)];
  if (entries.length === 0) {
    throw new CommandError('nothing-to-set', 'there is nothing to change', {
      fix: 'write path=value, or --unset path',
    });
  }
  const patch = entries.map(([path, value]) =>
    path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value),
  );
  return changedConfig(target, name, 'PATCH', '', patch.reduce(merged));
}

function parseChange(change: string): readonly [string, unknown] {
  const [, path, text] = /^([^=]+)=(.*)$/s.exec(change) ?? [];
  if (path === undefined || text === undefined) {
    throw new CommandError('not-a-change', `${JSON.stringify(change)} is no change`, {
      fix: 'write path=value, such as limits.maxAmount=500',
    });
  }
  return [path, text.startsWith('@') ? readOwnFile(text.slice(1)).trim() : parsedValue(text)];
}

/** JSON where it is JSON, and a text otherwise. */
function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function merged(left: unknown, right: unknown): unknown {
  const areObjects = [left, right].every((side) => typeof side === 'object' && side !== null);
  if (!areObjects) return right;
  const result = new Map(Object.entries(left as object));
  for (const [key, value] of Object.entries(right as object)) {
    result.set(key, result.has(key) ? merged(result.get(key), value) : value);
  }
  return Object.fromEntries(result);
}

/** Changes what is in force at this moment, and nothing else. */
export async function changedConfig(
  target: ApiTarget,
  name: string,
  method: 'PATCH' | 'POST',
  action: string,
  body: unknown,
): Promise<CommandResult> {
  const { etag } = await callApi(target, 'GET', pathOf(name));
  const answer = await callApi(target, method, `${pathOf(name)}${action}`, body, etag);
  return { json: answer.body, show: (view) => showChange(answer.body as unknown as ConfigView, view) };
}

export function showChange({ name, label, changed = [] }: ConfigView, view: View): void {
  if (changed.length === 0) return view.line(`${name}: nothing differs from ${label}, which stays in force`);
  view.line(`${name}: ${label} is in force`, 'ok');
  for (const path of changed) view.line(`  ${path}`);
}

interface ListedVersion {
  readonly label: string;
  readonly inForce: boolean;
  readonly configVersion: number;
  readonly updatedAt?: string;
  readonly updatedBy?: string;
  readonly changed?: readonly string[];
}

/** The versions that can be returned to. */
export async function configHistory(target: ApiTarget, name: string): Promise<CommandResult> {
  const { body } = await callApi(target, 'GET', `${pathOf(name)}/versions`);
  const versions = body['versions'] as readonly ListedVersion[];
  return {
    json: body,
    show: (view) =>
      view.table(
        ['version', '', 'when', 'who', 'shape', 'changed'],
        versions.map(({ label, inForce, updatedAt = '', updatedBy = '-', configVersion, changed = [] }) => [
          label,
          inForce ? 'in force' : '',
          updatedAt,
          updatedBy,
          String(configVersion),
          changed.join(', '),
        ]),
      ),
  };
}

interface Difference {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Where two versions differ. */
export async function diffConfig(
  target: ApiTarget,
  name: string,
  versions: { readonly from: string; readonly to: string },
): Promise<CommandResult> {
  const query = new URLSearchParams(versions).toString();
  const { body } = await callApi(target, 'GET', `${pathOf(name)}/diff?${query}`);
  const side = (value: unknown): string => (value === undefined ? '-' : JSON.stringify(value));
  return {
    json: body,
    show: (view) =>
      view.table(
        ['value', versions.from, versions.to],
        (body['changes'] as readonly Difference[]).map(({ path, before, after }) => [
          path,
          side(before),
          side(after),
        ]),
      ),
  };
}

/** Puts a former version in force again. */
export const rollbackConfig = (target: ApiTarget, name: string, version: string): Promise<CommandResult> =>
  changedConfig(target, name, 'POST', '/rollback', { version });
