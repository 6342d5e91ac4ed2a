import { Command, Option } from 'commander';
import * as commands from './commands/config.ts';
import { makeBackupKey } from './commands/backup-key.ts';
import * as backup from './commands/config-backup.ts';
import * as transfer from './commands/config-export.ts';
import { parseTime, type TargetFlags, withTarget } from './options.ts';
import type { CommandResult } from './output/result.ts';

/** The command line for the configuration of plugins, of a local or a deployed system. */
export function createConfigProgram(print: (result: CommandResult) => void): Command {
  const program = new Command('npm run config --')
    .description('Reads and changes the configuration of the plugins of a running system.')
    .option('--json', 'JSON instead of text', false)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help lists what there is)')
    .exitOverride();
  const onPlugin = (name: string, description: string): Command =>
    withTarget(program.command(name).argument('<plugin>', 'its name').description(description));

  onPlugin('get', 'the configuration in force, with secrets masked').action(
    async (name: string, flags: TargetFlags) => print(await commands.getConfig(flags, name)),
  );
  onPlugin('set', 'change values; they are in force once the plugin has started on them')
    .argument('[changes...]', 'path=value; path=@file takes a value, such as a secret, from a file')
    .option('--unset <path...>', 'take values away', [])
    .action(async (name: string, changes: readonly string[], flags: commands.SetFlags) =>
      print(await commands.setConfig(flags, name, changes)),
    );
  onPlugin('history', 'the versions that can be returned to').action(
    async (name: string, flags: TargetFlags) => print(await commands.configHistory(flags, name)),
  );
  onPlugin('diff', 'where two versions differ, with secrets masked')
    .argument('<from>', 'a version, such as cfg-6')
    .argument('<to>', 'a version, such as cfg-7')
    .action(async (name: string, from: string, to: string, flags: TargetFlags) =>
      print(await commands.diffConfig(flags, name, { from, to })),
    );
  onPlugin('rollback', 'put a former version in force again')
    .argument('<version>', 'a version, such as cfg-6')
    .action(async (name: string, version: string, flags: TargetFlags) =>
      print(await commands.rollbackConfig(flags, name, version)),
    );
  withTarget(program.command('export').argument('[plugin]', 'its name; or --all'))
    .description('write configurations with their secrets to a file, encrypted under ANINEEPLUS_EXPORT_KEY')
    .addOption(new Option('--all', 'every plugin that has one').default(false))
    .requiredOption('--out <file>', 'the file to write')
    .action(async (name: string | undefined, flags: transfer.ExportFlags) =>
      print(await transfer.exportConfig(flags, name)),
    );
  withTarget(program.command('import').argument('<file>', 'what export or backup wrote'))
    .argument('[plugin]', 'this one alone')
    .option('--backup-key <file>', 'the private key, for what backup wrote')
    .description('put exported or backed up configurations in force')
    .action(async (file: string, name: string | undefined, flags: transfer.ImportFlags) =>
      print(await transfer.importConfig(flags, file, name)),
    );
  addBackups(program, print);
  return program;
}

/** The commands for the copies that a deployment with a `config.backupKey` keeps by itself. */
function addBackups(program: Command, print: (result: CommandResult) => void): void {
  program
    .command('backup-key')
    .description('make the key pair of scheduled backups, and print what to deploy with')
    .requiredOption('--out <file>', 'the file to write the private key to')
    .action(async ({ out }: { readonly out: string }) => print(await makeBackupKey(out)));
  withTarget(program.command('backups').argument('<plugin>', 'its name'))
    .description('the backups that were taken, newest first')
    .action(async (name: string, flags: TargetFlags) => print(await backup.listBackups(flags, name)));
  withTarget(program.command('backup').argument('[plugin]', 'its name; or --all'))
    .description('write backups to a file, sealed as they are')
    .addOption(new Option('--all', 'every plugin that has a configuration').default(false))
    .option(
      '--at <time>',
      'the last one until then, as `backups` shows it; the newest when left out',
      parseTime,
    )
    .requiredOption('--out <file>', 'the file to write')
    .action(async (name: string | undefined, flags: backup.BackupFlags) =>
      print(await backup.fetchBackups(flags, name)),
    );
}
