import { Command, Option } from 'commander';
import type { AuditFlags } from './commands/audit.ts';
import type { DiffFlags } from './commands/diff.ts';
import type { DoctorFlags } from './commands/doctor.ts';
import type { GraphFormat } from './commands/graph.ts';
import { parseDuration, parsePort, type TargetFlags, withTarget } from './options.ts';
import type { CommandResult } from './output/result.ts';

/**
 * The command line of the platform. Commands load their own code, since the synth takes a second to import.
 * @param rootDir root folder of the project
 */
export function createProgram(rootDir: string, print: (result: CommandResult) => void): Command {
  const program = new Command('npm run plugins --')
    .description('Looks at the plugins of this project, and at those of a running system.')
    .option('--json', 'JSON instead of text', false)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help lists what there is)')
    .exitOverride();
  addRunning(program, print);
  addAudit(program, print);
  addProject(program, rootDir, print);
  return program;
}

/** Commands that ask a running system. */
function addRunning(program: Command, print: (result: CommandResult) => void): void {
  withTarget(program.command('list').description('the plugins of a running system')).action(
    async (flags: TargetFlags) => print(await (await import('./commands/running.ts')).listPlugins(flags)),
  );
  withTarget(program.command('health').description('how each plugin of a running system is')).action(
    async (flags: TargetFlags) => print(await (await import('./commands/running.ts')).pluginsHealth(flags)),
  );
  for (const [to, others] of [
    ['load', 'those that it needs'],
    ['unload', 'those that need it'],
  ] as const) {
    withTarget(program.command(to).argument('<plugin>', 'its name'))
      .description(`${to} a plugin of a running system, for the whole deployment`)
      .option('--cascade', `${to} ${others} as well`, false)
      .action(async (name: string, flags: TargetFlags & { readonly cascade: boolean }) => {
        const { movePlugin } = await import('./commands/running.ts');
        print(await movePlugin(flags, to, { name, cascade: flags.cascade }));
      });
  }
}

function addAudit(program: Command, print: (result: CommandResult) => void): void {
  const audit = program.command('audit').description('the audit of a running system');
  withTarget(audit.command('verify').description('whether an entry was changed, removed or inserted'))
    .option('--plugin <name>', 'the audit of this plugin; of every one when nothing is named')
    .option('--payment <id>', 'the transactions of this payment')
    .option('--payments', "what the tenant's people did to money beyond the log of a payment")
    .option('--anchors <file>', 'what an earlier run printed with --json: its heads must still be there')
    .action(async (flags: AuditFlags) =>
      print(await (await import('./commands/audit.ts')).verifyAudit(flags)),
    );
}

/** Commands that read the project in this folder. */
function addProject(program: Command, rootDir: string, print: (result: CommandResult) => void): void {
  program
    .command('explain')
    .argument('<plugin>', 'its name')
    .description('what a plugin becomes on AWS, may do there, and costs')
    .option('--duration-ms <number>', 'how long a call is assumed to take', parseDuration, 100)
    .action(async (name: string, { durationMs }: { readonly durationMs: number }) =>
      print(await (await import('./commands/explain.ts')).explainPlugin(rootDir, name, durationMs)),
    );
  program
    .command('graph')
    .description('which plugin depends on which, and whose events go where')
    .addOption(
      new Option('--format <format>', 'language of the drawing')
        .choices(['mermaid', 'dot'])
        .default('mermaid'),
    )
    .action(async ({ format }: { readonly format: GraphFormat }) =>
      print((await import('./commands/graph.ts')).graphPlugins(rootDir, format)),
    );
  program
    .command('new')
    .argument('<name>', 'lower case letters, digits and hyphens')
    .description('write a plugin that works, with its tests')
    .action(async (name: string) =>
      print(await (await import('./commands/new.ts')).newPlugin(rootDir, name)),
    );
  program
    .command('types')
    .argument('[folder]', 'of a plugin outside of this project; every plugin of the project when left out')
    .description('write what editor and compiler know of plugin.json: plugin.d.json.ts beside it')
    .action(async (folder: string | undefined) =>
      print((await import('./commands/types.ts')).writePluginTypes(rootDir, folder)),
    );
  addDiff(program, rootDir, print);
  program
    .command('doctor')
    .description('look at what npm start and a deployment need')
    .option('--port <number>', 'port that the API would take', parsePort, 3000)
    .option('--state <folder>', 'folder that the state would be kept in', '.local')
    .action(async (flags: DoctorFlags) =>
      print(await (await import('./commands/doctor.ts')).runDoctor(rootDir, flags)),
    );
}

function addDiff(program: Command, rootDir: string, print: (result: CommandResult) => void): void {
  program
    .command('diff')
    .argument('[plugin]', 'its name; every plugin when left out; or the folder of the older version')
    .argument('[folder]', 'folder of the newer version')
    .description('what changes from another version of the manifests to this one')
    .addOption(new Option('--ref <revision>', 'compare with this revision of git, HEAD when left out'))
    .addOption(new Option('--against <assembly>', 'compare with a synthesized assembly').conflicts('ref'))
    .option('--check', 'fail when permissions widen', false)
    .option('--approve-permissions', 'with --check: they may widen', false)
    .action(async (plugin: string | undefined, folder: string | undefined, flags: DiffFlags) => {
      const { diffPlugins } = await import('./commands/diff.ts');
      print(
        diffPlugins(
          rootDir,
          [plugin, folder].filter((operand) => operand !== undefined),
          flags,
        ),
      );
    });
}
