import { posix } from 'node:path';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { screamingSnake } from '#runtime/screaming-snake.ts';
import { mapValues } from './map-values.ts';

/** What the template says of the plugin as a whole, for tools that read the assembly and nothing else. */
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
    envPrefix,
    secret: secretId === undefined ? null : { Ref: secretId },
    // Its code as it stands is broken: what runs now is newer than the build in this assembly.
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
