import { DYNAMODB_LOCAL } from './dynamodb-local.ts';
import { ENGINE_VERSION, type Machine, enginePackage } from './binary.ts';
import type { ContainerEngines } from './container-engine.ts';

/** How a container engine is installed and started. */
const CONTAINER_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['brew install podman', 'podman machine init --now'],
  win32: ['winget install --exact --id RedHat.Podman', 'podman machine init --now'],
  linux: ['sudo apt-get install podman        (or: sudo dnf install podman)'],
};

/** How the service of an installed container engine is started. */
const SERVICE_COMMANDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  darwin: { docker: 'open -a Docker', podman: 'podman machine start', finch: 'finch vm start' },
  win32: { docker: 'start Docker Desktop', podman: 'podman machine start', finch: 'finch vm start' },
  linux: { docker: 'sudo systemctl start docker', nerdctl: 'sudo systemctl start containerd' },
};

const endpointCommands = (platform: string): readonly string[] =>
  platform === 'win32'
    ? [
        'PowerShell:  $env:DYNAMODB_ENDPOINT = "http://127.0.0.1:8000"; npm start',
        'cmd.exe:     set "DYNAMODB_ENDPOINT=http://127.0.0.1:8000" && npm start',
      ]
    : ['DYNAMODB_ENDPOINT=http://127.0.0.1:8000 npm start'];

/** The command that installs the embedded engine; undefined where none is published for the machine. */
export function installCommand(machine: Machine): string | undefined {
  const packageName = enginePackage(machine);
  return packageName && `npm install --no-save ${packageName}@${ENGINE_VERSION}`;
}

/** One screen: that there is nothing to keep tables in, and the exact commands of each way out on this machine. */
export function noEngineText(machine: Machine, silent: ContainerEngines['silent']): string {
  const { platform, arch } = machine;
  const install = installCommand(machine);
  const ways: readonly (readonly [string, readonly string[]])[] = [
    ...(install === undefined ? [] : [['the embedded engine, which needs nothing else', [install]] as const]),
    [`a container engine, in which npm start runs ${DYNAMODB_LOCAL}`, containerCommands(platform, silent)],
    ['a DynamoDB that runs already, named by its address', endpointCommands(platform)],
  ];
  const listed = ways.flatMap(([what, commands], index) => [
    '',
    `  ${index + 1}. ${what}`,
    ...commands.map((command) => `       ${command}`),
  ]);
  return [
    `there is no DynamoDB engine for this machine (${platform}-${arch}). One of these is enough:`,
    ...listed,
    '',
    'Then run npm start again.',
  ].join('\n');
}

/** To start one that is installed, with what it said, or else to install one. */
function containerCommands(platform: string, silent: ContainerEngines['silent']): readonly string[] {
  if (silent.length === 0) return CONTAINER_COMMANDS[platform] ?? ['install docker or podman'];
  return silent.flatMap(({ program, reason }) => {
    const start = SERVICE_COMMANDS[platform]?.[program];
    return [
      ...(start === undefined ? [] : [start]),
      `(${program} is installed, but does not answer: ${reason || 'it said nothing'})`,
    ];
  });
}
