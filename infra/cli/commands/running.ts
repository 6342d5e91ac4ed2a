import { type ApiTarget, callApi, unknownPlugin } from '../api-client.ts';
import { CommandError } from '../command-error.ts';
import type { CommandResult } from '../output/result.ts';

interface ListedPlugin {
  readonly name: string;
  readonly version?: string;
  readonly status: string;
  readonly description?: string;
  readonly reason?: string;
  readonly operations: readonly unknown[];
}

/** The plugins of a running system. */
export async function listPlugins(target: ApiTarget): Promise<CommandResult> {
  const plugins = await listed(target);
  return {
    json: { plugins },
    show: (view) =>
      view.table(
        ['name', 'version', 'status', 'operations', 'about'],
        plugins.map(({ name, version = '-', status, operations, description = '', reason }) => [
          name,
          version,
          status,
          String(operations.length),
          reason ?? description,
        ]),
      ),
  };
}

async function listed(target: ApiTarget): Promise<readonly ListedPlugin[]> {
  const { body } = await callApi(target, 'GET', '/plugins');
  return body['plugins'] as readonly ListedPlugin[];
}

interface PlatformHealth {
  readonly status: string;
  readonly reason?: string;
  readonly plugins: readonly {
    readonly name: string;
    readonly version: string;
    readonly health: { readonly status: string; readonly reason?: string };
  }[];
}

/** How each plugin of a running system is; failed when the whole is unhealthy. */
export async function pluginsHealth(target: ApiTarget): Promise<CommandResult> {
  const { body } = await callApi(target, 'GET', '/plugins/health');
  const health = body as unknown as PlatformHealth;
  return {
    json: health,
    failed: health.status === 'unhealthy',
    show(view) {
      view.line(`${health.status}${health.reason === undefined ? '' : `: ${health.reason}`}`, health.status);
      view.table(
        ['name', 'version', 'health', 'reason'],
        health.plugins.map(({ name, version, health: { status, reason = '' } }) => [
          name,
          version,
          status,
          reason,
        ]),
      );
    },
  };
}

interface Transition {
  readonly name: string;
  readonly status: string;
  readonly changed: boolean;
  readonly cascaded: readonly string[];
}

/** Loads or unloads a plugin for the whole deployment. */
export async function movePlugin(
  target: ApiTarget,
  to: 'load' | 'unload',
  { name, cascade }: { readonly name: string; readonly cascade: boolean },
): Promise<CommandResult> {
  const { body } = await callApi(target, 'POST', `/plugins/${to}`, { name, cascade }).catch(
    async (error: unknown) => {
      if (!(error instanceof CommandError) || error.code !== 'not-found') throw error;
      throw unknownPlugin(
        name,
        (await listed(target)).map((plugin) => plugin.name),
      );
    },
  );
  const moved = body as unknown as Transition;
  return {
    json: moved,
    show(view) {
      view.line(`${moved.name} ${moved.changed ? 'is' : 'was already'} ${moved.status}`, moved.status);
      for (const other of moved.cascaded) view.line(`${other} is ${moved.status} with it`, moved.status);
    },
  };
}
