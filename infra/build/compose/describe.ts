/**
 * Imports the code of plugins in a process of its own and prints what it says, one JSON line each.
 * Arguments: one JSON array of {name, file}. The parent ends the process when a plugin hangs.
 */
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { $ZodType } from 'zod/v4/core';
import type { ApiDocs, OperationDocs } from '#runtime/contract/docs.ts';
import { validate } from '#runtime/validate.ts';
import { platformImport } from '../platform-imports.ts';
import { schemaOf } from './schema-of.ts';
import type { DescribedOperation, DescribeLine, PlatformDescription, PluginDescription } from './types.ts';

interface OperationLike extends Omit<DescribedOperation, 'input' | 'output' | 'successStatus' | 'example'> {
  readonly successStatus?: number;
  readonly input: $ZodType;
  readonly output: $ZodType;
}

// What a plugin prints while it is imported must not mix with the protocol.
const print = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

function say(line: DescribeLine): void {
  print(`${JSON.stringify(line)}\n`);
}

registerHooks({
  resolve(specifier, context, nextResolve) {
    const file = platformImport(specifier);
    return file === undefined
      ? nextResolve(specifier, context)
      : { url: pathToFileURL(file).href, format: 'module-typescript', shortCircuit: true };
  },
  load(url, context, nextLoad) {
    // Node refuses to strip types below node_modules, where plugins that are packages live.
    if (!url.endsWith('.ts') || !url.includes('/node_modules/')) return nextLoad(url, context);
    const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'));
    return { format: 'module', source, shortCircuit: true };
  },
});

/** What the `docs.ts` beside a plugin says; a plugin may have none. */
async function docsBeside(file: string): Promise<ApiDocs> {
  const beside = file.replace(/plugin(\.\w+)$/, 'docs$1');
  if (!existsSync(beside)) return { schemas: [], operations: [] };
  const { docs } = (await import(pathToFileURL(beside).href)) as { docs?: ApiDocs };
  if (docs === undefined) throw new Error('docs.ts does not export `docs`');
  return docs;
}

type SchemaTexts = Parameters<typeof schemaOf>[2];

function textsOf({ schemas }: ApiDocs): SchemaTexts {
  return new Map(schemas.map(({ schema, ...texts }) => [schema, texts]));
}

/** @throws Error when an example does not fit: what clients copy has to work */
function exampleOf(name: string, operation: OperationLike, { example }: OperationDocs) {
  for (const side of ['input', 'output'] as const) {
    const checked = validate(operation[side], example[side]);
    if (checked.ok) continue;
    const faults = checked.faults.map(({ path, message }) => `${path} ${message}`).join(', ');
    throw new Error(`docs.ts has an example for "${name}" that does not fit its ${side}: ${faults}`);
  }
  return example as NonNullable<DescribedOperation['example']>;
}

function describeOperation(
  name: string,
  operation: OperationLike | undefined,
  docs: ApiDocs,
): DescribedOperation {
  if (!operation) throw new Error(`plugin.ts has no operation "${name}", which plugin.json declares`);
  const { summary, description, successStatus = 200, idempotency, errors } = operation;
  const own = docs.operations.find((one) => one.operation === operation);
  const texts = new Map(textsOf(docs));
  if (own) texts.set(operation.input, { text: '', members: own.input });
  return {
    summary,
    ...(description !== undefined && { description }),
    successStatus,
    idempotency,
    errors,
    input: schemaOf(operation.input, 'input', texts),
    output: schemaOf(operation.output, 'output', texts),
    ...(own && { example: exampleOf(name, operation, own) }),
  };
}

async function describe(file: string, declared: readonly string[]): Promise<PluginDescription> {
  const module = (await import(pathToFileURL(file).href)) as {
    plugin?: { operations?: Readonly<Record<string, OperationLike>> };
  };
  if (!module.plugin?.operations)
    throw new Error('plugin.ts does not export a `plugin` made by definePlugin');
  const { operations } = module.plugin;
  const extra = Object.keys(operations).find((name) => !declared.includes(name));
  if (extra) throw new Error(`plugin.ts has the operation "${extra}", which plugin.json does not declare`);
  const docs = await docsBeside(file);
  return {
    operations: Object.fromEntries(
      declared.map((name) => [name, describeOperation(name, operations[name], docs)]),
    ),
  };
}

const work = JSON.parse(process.argv[2] ?? '[]') as {
  name: string;
  file: string;
  operations: readonly string[];
}[];

async function describePlatform(): Promise<PlatformDescription> {
  const { platformErrors } = await import('../../../functions/runtime/contract/errors.ts');
  const own = (await import('../../../functions/platform/plugins/operations.ts')) as object;
  const operations = Object.entries(own as Readonly<Record<string, OperationLike>>);
  const { docs } = await import('../../../functions/platform/plugins/docs.ts');
  return {
    errors: platformErrors,
    operations: Object.fromEntries(
      operations.map(([name, one]) => [name, describeOperation(name, one, docs)]),
    ),
  };
}

say({ event: 'platform', description: await describePlatform() });

for (const { name, file, operations } of work) {
  say({ event: 'begin', plugin: name });
  try {
    say({ event: 'described', plugin: name, description: await describe(file, operations) });
  } catch (error) {
    say({ event: 'failed', plugin: name, message: error instanceof Error ? error.message : String(error) });
  }
}
// What does not fit into the pipe is still to be written.
print('', () => process.exit(0));
