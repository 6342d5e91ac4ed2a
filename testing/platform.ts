import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatErrors } from '#infra/manifest/format.ts';
import type { ManifestError } from '#infra/manifest/types.ts';
import { createClient, mintToken, type TestCaller, type TestClient } from './callers.ts';
import { request } from './client.ts';
import { createClock, type TestClock } from './clock.ts';
import {
  createConfiguration,
  storeConfig,
  type TestConfigDocument,
  type TestConfiguration,
} from './configuration.ts';
import { createEvents, type TestEvents } from './events.ts';
import { createInvocations, type TestInvocations } from './invocations.ts';
import { type InvokeOptions, invokeOperation, type OperationReply } from './operations.ts';
import { manifestNamed, manifestsOf } from './plugins.ts';
import { createProject, editJson, platformRoot, pluginFolders, removeProject } from './project.ts';
import { type Runner, startRunner } from './runner.ts';

/** What a test wants to run. */
export interface TestPlatformOptions {
  /**
   * The plugins: names of plugins of the project, or folders outside of it. A plugin that others depend on has to be
   * among them. When left out, every plugin of the project.
   */
  readonly plugins?: readonly string[];
  /** Root of a project that the test has prepared, instead of `plugins`. */
  readonly projectDir?: string;
  /** Configurations by the plugins' names. */
  readonly config?: Readonly<Record<string, TestConfigDocument>>;
  /** Permissions that functions do not get, by `plugin/function`, such as `{ 'greeter/api': ['table:greetings:write'] }`. */
  readonly revoke?: Readonly<Record<string, readonly string[]>>;
  /** Whether a plugin with errors is left out, instead of failing the start. */
  readonly allowBroken?: boolean;
  /** Variables of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further arguments of `npm start --`. */
  readonly args?: readonly string[];
  /** Reload when files of the project change. */
  readonly watch?: boolean;
  /** How long the start may take, in milliseconds; 150 seconds when left out. */
  readonly readyWithinMs?: number;
}

/**
 * The whole system on this machine, as `npm start` runs it: the synthesized assembly with its roles. Its own `request`
 * and `graphql` are the developer's, who needs no token and has every scope.
 */
export interface TestPlatform extends Runner, TestClient, AsyncDisposable {
  /** Root of the project that runs. */
  readonly projectDir: string;
  readonly events: TestEvents;
  readonly clock: TestClock;
  readonly invocations: TestInvocations;
  readonly config: TestConfiguration;
  /** The API as somebody else uses it, with an access token that says so. */
  as(caller: TestCaller): TestClient;
  /** Invokes an operation, given as `plugin.operation`, as another function does: without HTTP. */
  invoke(name: string, input: unknown, options?: InvokeOptions): Promise<OperationReply>;
  /**
   * Ends every process and removes every file of it. @returns the exit code
   * @throws Error that names processes which did not end
   */
  stop(): Promise<number | null>;
}

/**
 * Starts the system with some plugins, on free ports and with a state of its own.
 * @throws Error with the errors of a plugin that is broken
 */
export async function startTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const { config = {}, env = {}, args = [], watch = false, allowBroken = false, readyWithinMs } = options;
  const own = ownProject(options);
  const projectDir = own ?? options.projectDir ?? platformRoot;
  const discard = () => {
    if (own !== undefined) removeProject(own);
  };
  try {
    refuseUnconfigured(config, projectDir);
  } catch (error) {
    discard();
    throw error;
  }
  const runner = await startRunner({ projectDir, env, args, watch, readyWithinMs }).catch(
    (error: unknown) => {
      discard();
      throw error;
    },
  );
  const platform = platformOf(runner, projectDir, discard);
  try {
    if (options.plugins && !allowBroken) await refuseBroken(runner.url);
    for (const [plugin, document] of Object.entries(config)) await storeConfig(runner.url, plugin, document);
  } catch (error) {
    await platform.stop();
    throw error;
  }
  return platform;
}

/** A copy of what is chosen; undefined where a project is run as it is. */
function ownProject({ plugins, projectDir, revoke = {} }: TestPlatformOptions): string | undefined {
  if (plugins !== undefined && projectDir !== undefined)
    throw new Error('give plugins or projectDir, not both');
  if (projectDir !== undefined && Object.keys(revoke).length > 0)
    throw new Error('revoke changes a copy: give plugins instead of projectDir');
  if (projectDir !== undefined || (plugins === undefined && Object.keys(revoke).length === 0))
    return undefined;
  const project = createProject(plugins ?? [...pluginFolders(platformRoot).keys()]);
  try {
    revokePermissions(project, revoke);
  } catch (error) {
    removeProject(project);
    throw error;
  }
  return project;
}

function revokePermissions(project: string, revoke: NonNullable<TestPlatformOptions['revoke']>): void {
  const folders = pluginFolders(project);
  for (const [name, permissions] of Object.entries(revoke)) {
    const [plugin = '', key = ''] = name.split('/');
    const file = join(project, folders.get(plugin) ?? join('plugins', plugin), 'plugin.json');
    if (!folders.has(plugin)) throw new Error(`revoke: there is no plugin "${plugin}"`);
    editJson(file, (manifest) => {
      const granted = (manifest.permissions?.[key] ?? []) as readonly string[];
      for (const permission of permissions) {
        if (granted.includes(permission)) continue;
        throw new Error(
          `revoke: ${name} has no "${permission}"; it has: ${granted.join(', ') || 'no permission'}`,
        );
      }
      manifest.permissions[key] = granted.filter((one) => !permissions.includes(one));
    });
  }
}

function refuseUnconfigured(config: NonNullable<TestPlatformOptions['config']>, projectDir: string): void {
  for (const name of Object.keys(config)) {
    const manifest = manifestNamed(name, manifestsOf(projectDir));
    if (!manifest.config) throw new Error(`config: plugin "${name}" has no configuration`);
  }
}

/** @throws Error with the errors of every plugin that is broken, each with its place and the fix */
async function refuseBroken(url: string): Promise<void> {
  const { body } = await request(url, 'GET', '/plugins');
  const errors = (body.plugins as readonly { readonly errors?: readonly ManifestError[] }[]).flatMap(
    (plugin) => plugin.errors ?? [],
  );
  if (errors.length > 0) throw new Error(`a plugin is broken:\n\n${formatErrors(errors, { color: false })}`);
}

/** How long processes may outlive the system that started them. */
const LEFTOVERS_WITHIN_MS = 5_000;

function platformOf(runner: Runner, projectDir: string, discard: () => void): TestPlatform {
  const url = () => runner.url;
  const manifests = manifestsOf(projectDir);
  const developer = createClient(url);
  const platform: TestPlatform = {
    ...developer,
    // A restart changes these.
    get url() {
      return runner.url;
    },
    get awsEndpoint() {
      return runner.awsEndpoint;
    },
    get pid() {
      return runner.pid;
    },
    stateDir: runner.stateDir,
    projectDir,
    sandbox: (name) => runner.sandbox(name),
    output: () => runner.output(),
    events: createEvents(url, manifests),
    clock: createClock(url),
    invocations: createInvocations(url),
    config: createConfiguration(developer),
    as: (caller) => createClient(url, () => mintToken(url(), caller)),
    invoke: (name, input, options) => invokeOperation({ url: url(), manifests }, name, input, options),
    async stop() {
      const code = await runner.stop();
      discard();
      await refuseLeftovers(runner);
      return code;
    },
    kill9: () => runner.kill9(),
    leftovers: () => runner.leftovers(),
    restart: () => runner.restart(),
    [Symbol.asyncDispose]: async () => void (await platform.stop()),
  };
  return platform;
}

async function refuseLeftovers(runner: Runner): Promise<void> {
  const deadline = Date.now() + LEFTOVERS_WITHIN_MS;
  for (;;) {
    const left = await runner.leftovers();
    if (left.length === 0) return;
    if (Date.now() > deadline) {
      for (const pid of left) process.kill(pid, 'SIGKILL');
      throw new Error(`these processes of the system did not end by themselves: ${left.join(', ')}`);
    }
    await sleep(25);
  }
}
