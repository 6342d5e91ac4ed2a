import type { Adapter } from '../adapter.ts';
import { configEvent, type ConfigCheck, type ConfigReading, type ConfigStep } from '../config-call.ts';
import { causes } from '../error-causes.ts';
import { ConfigError } from '../lifecycle/config-error.ts';
import type { ConfigSource } from '../lifecycle/config.ts';
import type { AnyPluginDefinition } from '../lifecycle/loader.ts';
import { createPlugin } from '../lifecycle/plugin-instance.ts';
import { bounded } from '../lifecycle/plugin-load-error.ts';
import { redactText } from '../redact.ts';
import type { FunctionRuntime } from '../runtime.ts';
import { secretTexts } from '../schema/secret-texts.ts';
import type { Fault } from '../schema/validate.ts';
import { checkedInput } from './input.ts';

/** How long a new configuration may take to initialize, and then to answer a health check. */
const STEP_TIMEOUT_MS = 3000;

type Answer = ConfigCheck | ConfigReading;

/**
 * Answers the platform's config function: whether the plugin would work with a version of its configuration, and what
 * that version is to this code. It needs no plugin that is loaded or could start: a configuration is how one is mended.
 */
export function configAdapter(
  definition: AnyPluginDefinition,
  { config, environment }: Pick<FunctionRuntime, 'config' | 'environment'>,
): Adapter<Answer> {
  const { name } = definition.manifest;

  async function check(versionId: string): Promise<ConfigCheck> {
    const read = await config.reading(versionId).catch((error: unknown) => failed('migration', error, []));
    if ('ok' in read) return read;
    const values = config.effective(read.document);
    const secrets = secretTexts(definition.config, values);
    const plugin = createPlugin(definition, { environment, timeoutMs: STEP_TIMEOUT_MS });
    try {
      await plugin.initialize(values);
    } catch (error) {
      return failed(error instanceof ConfigError ? 'schema' : 'initialize', error, secrets);
    }
    // With the defaults of the schema, from which the services were built.
    const known = secretTexts(definition.config, plugin.getConfig());
    try {
      const limit = { plugin: name, step: 'health', timeoutMs: STEP_TIMEOUT_MS };
      const { status, reason = 'it is unhealthy' } = await bounded(plugin.health(), limit);
      if (status !== 'unhealthy') return { ok: true };
      return { ok: false, step: 'health', reason: without(known, reason), faults: [] };
    } catch (error) {
      return failed('health', error, known);
    }
  }

  return {
    standalone: true,
    describe: () => ({ operation: 'config' }),
    denies: ({ entrance }) =>
      entrance.kind === 'config' ? undefined : "the alias is not that of the platform's config function",
    async handle({ event }) {
      const { ask, versionId } = checkedInput(configEvent, event);
      return ask === 'check' ? check(versionId) : reading(config, versionId);
    },
    refuse(_invocation, _problem, error) {
      throw error;
    },
  };
}

async function reading(config: ConfigSource, versionId: string): Promise<ConfigReading> {
  const { stored, document } = await config.reading(versionId);
  return {
    configVersion: document.configVersion,
    ...(stored.configVersion !== document.configVersion && { migrated: document.values }),
    overridden: config.overrides.paths,
  };
}

function failed(step: ConfigStep, error: unknown, secrets: readonly string[]): ConfigCheck {
  const faults: readonly Fault[] = error instanceof ConfigError ? error.faults : [];
  // A denied or unreachable secret is no fault of the document.
  if (step === 'migration' && faults.length === 0) throw error;
  const [cause] = causes(error).slice(-1);
  const reason = cause instanceof Error && !(error instanceof ConfigError) ? cause.message : 'does not fit';
  return { ok: false, step, reason: without(secrets, reason), faults };
}

const without = (secrets: readonly string[], text: string): string =>
  redactText(secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text));
