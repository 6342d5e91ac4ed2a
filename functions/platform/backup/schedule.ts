import { schedule } from '#runtime/contract/schedule.ts';
import { sealBackup } from '../config/backup-seal.ts';
import type { BackupStore } from '../config/backup-store.ts';
import { labelOf } from '../config/history.ts';
import type { SecretStore } from '../config/secret-store.ts';

export interface BackupServices {
  /** Names of the plugins that have a configuration. */
  readonly plugins: readonly string[];
  readonly secrets: Pick<SecretStore, 'inForce'>;
  readonly backups: Pick<BackupStore, 'put'>;
  /** Of the operator, who alone has the private key. */
  readonly publicKey: string;
  readonly stage: string;
}

/** Keeps a copy of each configuration in force. A second run for the same time replaces what the first has kept. */
export const backup = schedule<BackupServices>({
  summary: 'Keeps an encrypted copy of the configuration of every plugin',
  async run({ services, scheduledAt, log }) {
    const failed: string[] = [];
    for (const plugin of services.plugins) {
      try {
        await backUp(plugin, scheduledAt, services);
      } catch (error) {
        // One secret that cannot be read must not cost the others their backup.
        failed.push(plugin);
        log.error('Configuration not backed up', { target: plugin, error: String(error) });
        log.count('plugin.config.backup.errors');
      }
    }
    if (failed.length > 0) throw new Error(`There is no backup of ${failed.join(', ')}`);
    return { plugins: services.plugins.length };
  },
});

async function backUp(
  plugin: string,
  takenAt: Date,
  { secrets, backups, publicKey, stage }: BackupServices,
): Promise<void> {
  const { version, document } = await secrets.inForce(plugin);
  const exportedAt = takenAt.toISOString();
  // The first version of a secret has no label before somebody asks for the configuration.
  const label = labelOf(version) ?? 'cfg-1';
  const sealed = await sealBackup(document, publicKey, { plugin, stage, label, exportedAt });
  await backups.put({ ...sealed, version: version.id });
}
