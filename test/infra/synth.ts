import type { App } from 'aws-cdk-lib';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildApp, type AppOptions } from '#infra/build-app.ts';
import { scratchDir } from '#infra/bundling/scratch.ts';

export const fixture = (name: string): string => resolve(import.meta.dirname, 'fixtures', name);

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata?: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

export interface Template {
  readonly Metadata: { readonly AnineePlus: Record<string, unknown> };
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** A folder that is gone after the file's tests. */
export const scratch = (): string => scratchDir('test');

/** Builds the app of a root directory, with context as the CLI's `-c` would give it. */
export async function appOf(
  rootDir: string,
  context: Readonly<Record<string, unknown>> = {},
  env: NodeJS.ProcessEnv = {},
  options: AppOptions = {},
): Promise<App> {
  process.env['CDK_CONTEXT_JSON'] = JSON.stringify(context);
  try {
    const variables = { ANINEEPLUS_SYNTH: 'local', CDK_OUTDIR: scratch(), ...env };
    return (await buildApp(rootDir, variables, options)).app;
  } finally {
    delete process.env['CDK_CONTEXT_JSON'];
  }
}

/** All templates of an assembly, by stack. */
export function templatesIn(dir: string): Record<string, Template> {
  const files = readdirSync(dir).filter((file) => file.endsWith('.template.json'));
  return Object.fromEntries(
    files.map((file) => [
      file.replace('.template.json', ''),
      JSON.parse(readFileSync(join(dir, file), 'utf8')) as Template,
    ]),
  );
}

interface Assembly {
  readonly dir: string;
  readonly templates: Readonly<Record<string, Template>>;
}

const assemblies = new Map<string, Promise<Assembly>>();

/** An assembly that is synthesized once for all tests of a process; it must not be changed. */
export function assemblyOf(
  rootDir: string,
  context: Readonly<Record<string, unknown>> = {},
): Promise<Assembly> {
  const key = JSON.stringify([rootDir, context]);
  const assembly = assemblies.get(key) ?? synth(rootDir, context);
  assemblies.set(key, assembly);
  return assembly;
}

export async function synth(
  rootDir: string,
  context: Readonly<Record<string, unknown>> = {},
  options: AppOptions = {},
): Promise<Assembly> {
  const app = await appOf(rootDir, context, {}, options);
  const { directory } = app.synth();
  return { dir: directory, templates: templatesIn(directory) };
}

export function ofType(template: Template, type: string): Resource[] {
  return Object.values(template.Resources).filter((resource) => resource.Type === type);
}

/** A data file of the platform's bundle in an assembly. */
export function dataFile(dir: string, name: string): unknown {
  const asset = readdirSync(dir).find(
    (entry) => entry.startsWith('asset.') && readdirSync(join(dir, entry)).includes('data'),
  );
  if (!asset) throw new Error('no asset has data');
  return JSON.parse(readFileSync(join(dir, asset, 'data', `${name}.json`), 'utf8')) as unknown;
}
