import { posix } from 'node:path';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { screamingSnake } from '#runtime/screaming-snake.ts';
import { mapValues } from './map-values.ts';

/** Metadata of the plugin as a whole in its template, for tools that read only the assembly. */
export function pluginMetadata(
  { manifest, file, root, failing }: LoadedPlugin & { readonly failing?: readonly unknown[] },
  secretId: string | undefined,
): object {
  const envPrefix = manifest.config?.envPrefix ?? null;
  const scopes = new Set(Object.values(manifest.operations).map(({ scope }) => scope));
  return {
    plugin: manifest.name,
    manifest: file,
    root,
    // So that a later version can be compared with what is deployed.
    declaration: manifest,
    envPrefix,
    secret: secretId === undefined ? null : { Ref: secretId },
    ...(manifest.config && { configVersion: manifest.config.version }),
    // The current code is broken, and this assembly holds the last good build.
    ...(failing && { lastGood: true }),
    scopes: [...scopes].sort(),
    sandboxes: Object.entries(manifest.sandbox).map(([name, { entry, port, config, webhooks }]) => ({
      name,
      entry: posix.join(root, entry),
      port,
      config: mapValues(config, (injected, path) => ({
        ...injected,
        env: `${envPrefix ?? screamingSnake(manifest.name)}_${screamingSnake(path)}`,
      })),
      webhooks: Object.fromEntries(
        webhooks.map((webhook) => [webhook, manifest.webhooks[webhook]?.path ?? '']),
      ),
    })),
  };
}
