import * as z from 'zod/mini';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import type { ConfigValues } from '#runtime/lifecycle/config-document.ts';
import { actorOf } from '../registry/audit.ts';
import { auditExport } from './audit-export.ts';
import { labelled, rollbackTo } from './change.ts';
import { changeOperation } from './change-operation.ts';
import { differences, mergePatch } from './document.ts';
import { configEnvelope, openConfig, sealConfig } from './envelope.ts';
import { configErrors, configProblem } from './errors.ts';
import { settledHistory } from './history.ts';
import { configuredPlugin, type ConfigServices } from './services.ts';
import { storedDocument } from './stored.ts';
import { configView, versionsView, versionView } from './views.ts';

type Answer = Record<string, unknown>;
type Context<I> = OperationContext<I, ConfigServices>;

const anything = z.record(z.string(), z.unknown());
const named = z.object({ name: z.string() });
const label = z.string().check(z.regex(/^cfg-[1-9]\d*$/, 'must be a label, such as cfg-7'));
const shared = { output: anything, errors: configErrors, idempotency: 'none' } as const;

export const getPluginConfig = operation({
  ...shared,
  summary: "A plugin's configuration in force, with its secrets masked",
  input: named,
  async run({ input: { name }, services, requestId }: Context<z.output<typeof named>>) {
    const { etag, body } = await configView(configuredPlugin(services, name), requestId, services);
    return { status: 200, body: body as Answer, headers: { etag } };
  },
});

export const getPluginConfigSchema = operation({
  ...shared,
  summary: "The JSON Schema of a plugin's configuration; secrets are writeOnly",
  input: named,
  run: async ({ input: { name }, services }: Context<z.output<typeof named>>) =>
    ok<Answer>({ ...configuredPlugin(services, name).schema }),
});

const patchInput = z.object({ name: z.string(), patch: anything });

export const updatePluginConfig = changeOperation({
  summary:
    "Changes a plugin's configuration by a JSON merge patch (RFC 7396), once the plugin has started on it",
  description: 'A masked secret that is sent back stays what it is; `null` takes a value away.',
  input: patchInput,
  bodyMember: 'patch',
  action: 'config-write',
  target:
    ({ patch }) =>
    async (_, { configVersion, values }) => ({
      document: { configVersion, values: mergePatch(values, patch) as ConfigValues },
    }),
});

export const listPluginConfigVersions = operation({
  ...shared,
  summary: "The versions of a plugin's configuration that can be returned to, newest first",
  input: named,
  run: async ({ input: { name }, services }: Context<z.output<typeof named>>) =>
    ok<Answer>(await versionsView(configuredPlugin(services, name), services)),
});

const versionInput = z.object({ name: z.string(), label });

export const getPluginConfigVersion = operation({
  ...shared,
  summary: "One version of a plugin's configuration as it is stored, with its secrets masked",
  input: versionInput,
  run: async ({ input, services }: Context<z.output<typeof versionInput>>) =>
    ok<Answer>(await versionView(configuredPlugin(services, input.name), input.label, services)),
});

const diffInput = z.object({ name: z.string(), from: label, to: label });

export const diffPluginConfig = operation({
  ...shared,
  summary: 'Where two versions of a configuration differ, with secrets masked',
  input: diffInput,
  async run({ input, services }: Context<z.output<typeof diffInput>>) {
    const plugin = configuredPlugin(services, input.name);
    const { versions } = await settledHistory(plugin.name, services);
    const [from, to] = await Promise.all(
      [input.from, input.to].map((one) => storedDocument(plugin, labelled(versions, one).id, services)),
    );
    const changes = differences(from?.values ?? {}, to?.values ?? {}, plugin.leaves);
    return ok<Answer>({ ...input, changes });
  },
});

const rollbackInput = z.strictObject({ name: z.string(), version: label });

export const rollbackPluginConfig = changeOperation({
  summary: 'Puts a former version of a configuration in force again, once the plugin has started on it',
  input: rollbackInput,
  action: 'config-rollback',
  target: ({ version }, { plugin, actor }, services) => rollbackTo(plugin, version, services, actor),
});

const exportInput = z.strictObject({ name: z.string(), key: z.string() });

export const exportPluginConfig = operation({
  ...shared,
  summary: "A plugin's configuration with its secrets, encrypted under a key that the caller keeps",
  input: exportInput,
  async run({ input, services, log, ...context }: Context<z.output<typeof exportInput>>) {
    if (!services.isSecured) throw configProblem('export-refused');
    const plugin = configuredPlugin(services, input.name);
    const { current } = await settledHistory(plugin.name, services);
    const document = await storedDocument(plugin, current.id, services);
    const actor = actorOf(context);
    await auditExport(plugin.name, { version: current, actor }, services);
    log.info('Configuration exported', { target: plugin.name, by: actor.by });
    return ok<Answer>({
      ...sealConfig(document, input.key, {
        plugin: plugin.name,
        stage: services.stage,
        label: current.label,
        exportedAt: services.now().toISOString(),
      }),
    });
  },
});

/** @throws ProblemError 404 `config-backups-off` */
function backupsOf({ backups }: ConfigServices) {
  if (backups) return backups;
  throw configProblem('config-backups-off', {
    detail: 'Deploy it with -c config.backupKey=..., which npm run config -- backup-key makes.',
  });
}

export const listPluginConfigBackups = operation({
  ...shared,
  summary: "The backups of a plugin's configuration, newest first",
  input: named,
  async run({ input, services }: Context<z.output<typeof named>>) {
    const { name } = configuredPlugin(services, input.name);
    return ok<Answer>({ name, backups: await backupsOf(services).list(name) });
  },
});

const backupInput = z.object({ name: z.string(), takenAt: z.iso.datetime() });

export const getPluginConfigBackup = operation({
  ...shared,
  summary: "One backup of a plugin's configuration, which only the operator's private key opens",
  input: backupInput,
  async run({ input, services, caller, log }: Context<z.output<typeof backupInput>>) {
    const { name } = configuredPlugin(services, input.name);
    const found = await backupsOf(services).get(name, input.takenAt);
    if (!found) throw configProblem('config-backup-unknown');
    log.info('Configuration backup read', { target: name, takenAt: input.takenAt, by: caller.subject });
    return ok<Answer>({ ...found });
  },
});

const importInput = z.strictObject({ name: z.string(), key: z.string(), envelope: configEnvelope });

export const importPluginConfig = changeOperation({
  summary: 'Replaces a configuration by an exported one, once the plugin has started on it',
  input: importInput,
  action: 'config-import',
  target({ name, key, envelope }) {
    const document = openConfig(envelope, key);
    if (envelope.plugin !== name) {
      throw configProblem('envelope-invalid', { detail: 'It holds the configuration of another plugin.' });
    }
    return async () => ({ document });
  },
});
