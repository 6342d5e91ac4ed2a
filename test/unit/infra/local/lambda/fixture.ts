import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCredentialStore } from '#infra/local/lambda/credentials.ts';
import { createFaultInjector } from '#infra/local/lambda/faults.ts';
import type { LambdaOptions } from '#infra/local/lambda/function-environment.ts';
import { lambdaFunctions } from '#infra/local/lambda/functions.ts';
import { startGuard } from '#infra/local/lambda/guard.ts';
import { createInvocationLog } from '#infra/local/lambda/invocations.ts';
import type { Assembly } from '#infra/local/resources/assembly.ts';
import type { FunctionResource } from '#infra/local/resources/lambda.ts';

/** A terminal that keeps its lines. */
export function recordingTerminal() {
  const lines: string[] = [];
  const add = (line: string) => void lines.push(line);
  return { lines, info: add, warn: add, error: add };
}

/** Writes `functions/<name>.mjs` with one source for each name. */
export function codeDirOf(root: string, name: string, sources: Readonly<Record<string, string>>): string {
  const dir = join(root, name);
  mkdirSync(join(dir, 'functions'), { recursive: true });
  for (const [file, source] of Object.entries(sources))
    writeFileSync(join(dir, 'functions', `${file}.mjs`), source);
  return dir;
}

export function functionOf(
  codeDir: string,
  key: string,
  more: Partial<FunctionResource> = {},
): FunctionResource {
  const name = `anineeplus-local-test-${key}`;
  return {
    name,
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    aliases: ['live'],
    roleArn: `arn:aws:iam::000000000000:role/${name}`,
    reservedConcurrency: Infinity,
    handler: `functions/${key}.handler`,
    codeDir,
    environment: { ANINEEPLUS_PLUGIN: 'test' },
    memoryMb: 128,
    timeoutSeconds: 5,
    plugin: 'test',
    key,
    manifest: 'plugins/test/plugin.json',
    grantable: [],
    ...more,
  };
}

export function assemblyOf(functions: readonly FunctionResource[], more: Partial<Assembly> = {}): Assembly {
  return {
    dir: '',
    region: 'us-east-1',
    accountId: '000000000000',
    functions,
    roles: [],
    tables: [],
    queues: [],
    keys: [],
    topics: [],
    alarms: [],
    buses: [],
    rules: [],
    secrets: [],
    mappings: [],
    customResources: [],
    destinations: [],
    schedules: [],
    routes: [],
    functionUrls: [],
    plugins: [],
    resources: [],
    ...more,
  };
}

/** Functions made of handler sources, and everything around them, in a folder of their own. */
export async function startFunctions(
  sources: Readonly<Record<string, string>>,
  more: Partial<FunctionResource> = {},
  options: Partial<LambdaOptions> = {},
) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'anineeplus-lambda-')));
  const codeDir = codeDirOf(root, 'code', sources);
  const assembly = assemblyOf(Object.keys(sources).map((key) => functionOf(codeDir, key, more)));
  const invocations = createInvocationLog();
  const faults = createFaultInjector();
  const guard = startGuard();
  const terminal = recordingTerminal();
  const functions = await lambdaFunctions({
    assembly,
    awsEndpoint: () => 'http://127.0.0.1:9',
    credentials: createCredentialStore(),
    overridesOf: () => ({}),
    tmpRoot: join(root, 'tmp'),
    invocations,
    faults,
    guard,
    terminal,
    ...options,
  });
  return {
    root,
    codeDir,
    assembly,
    functions,
    invocations,
    faults,
    terminal,
    /** Invokes and parses the answer. */
    async call(key: string, event: unknown = {}) {
      const name = `anineeplus-local-test-${key}`;
      const result = await functions.invoke(name, Buffer.from(JSON.stringify(event)), 'invoke');
      return { ...result, body: JSON.parse(result.payload.toString()) as Record<string, unknown> };
    },
    async stop() {
      await functions.stop();
      guard.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
