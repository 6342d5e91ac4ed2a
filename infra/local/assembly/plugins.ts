import type { PluginMetadata, SandboxMetadata } from '../resources/plugin.ts';
import { TemplateProblem } from './error.ts';
import { child, children, type Fields, fieldsOf, flag, number, optionalText, text, texts } from './fields.ts';

/** The plugin a stack was made for; undefined for the platform's stack. */
export function toPlugin(metadata: Fields): PluginMetadata | undefined {
  if (metadata.value['platform'] === true) return undefined;
  return {
    plugin: text(metadata, 'plugin'),
    manifest: text(metadata, 'manifest'),
    root: text(metadata, 'root'),
    envPrefix: orNull(metadata, 'envPrefix'),
    secretArn: orNull(metadata, 'secret'),
    configVersion: number(metadata, 'configVersion', 1),
    scopes: metadata.value['scopes'] === undefined ? [] : texts(metadata, 'scopes'),
    sandboxes: children(metadata, 'sandboxes').map(toSandbox),
    lastGood: flag(metadata, 'lastGood', false),
  };
}

function toSandbox(fields: Fields): SandboxMetadata {
  const webhooks = child(fields, 'webhooks');
  return {
    name: text(fields, 'name'),
    entry: text(fields, 'entry'),
    port: number(fields, 'port', 0),
    config: toConfig(child(fields, 'config')),
    webhooks: Object.fromEntries(
      Object.keys(webhooks?.value ?? {}).map((name) => [name, text(webhooks!, name)]),
    ),
  };
}

function toConfig(config: Fields | undefined): SandboxMetadata['config'] {
  if (config === undefined) return {};
  const entries = Object.entries(config.value).map(([path, value]) => {
    const fields = fieldsOf(value, `${config.path}["${path}"]`);
    const generate = optionalText(fields, 'generate');
    const origin = flag(fields, 'origin', false);
    if (origin === (generate !== undefined)) {
      throw new TemplateProblem(fields.path, 'needs exactly one of generate and origin');
    }
    const source = generate === undefined ? { origin } : { generate };
    return [path, { ...source, env: text(fields, 'env') }] as const;
  });
  return Object.fromEntries(entries);
}

function orNull(fields: Fields, key: string): string | undefined {
  return fields.value[key] === null ? undefined : optionalText(fields, key);
}
