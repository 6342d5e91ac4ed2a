/**
 * Imports the code of plugins in a process of its own and prints what it says, one JSON line each.
 * Arguments: one JSON array of {name, file}. The parent ends the process when a plugin hangs.
 */
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as z from 'zod/v4/core';
import { platformImport } from '../platform-imports.ts';
import type {
  DescribedOperation,
  DescribeLine,
  JsonSchema,
  PlatformDescription,
  PluginDescription,
} from './types.ts';

interface OperationLike extends Omit<DescribedOperation, 'input' | 'output' | 'successStatus'> {
  readonly successStatus?: number;
  readonly input: z.$ZodType;
  readonly output: z.$ZodType;
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

function schemaOf(schema: z.$ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return JSON.parse(JSON.stringify(rest)) as JsonSchema;
}

function describeOperation(name: string, operation: OperationLike | undefined): DescribedOperation {
  if (!operation) throw new Error(`plugin.ts has no operation "${name}", which plugin.json declares`);
  const { summary, description, successStatus = 200, idempotency, errors } = operation;
  return {
    summary,
    ...(description !== undefined && { description }),
    successStatus,
    idempotency,
    errors,
    input: schemaOf(operation.input, 'input'),
    output: schemaOf(operation.output, 'output'),
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
  return {
    operations: Object.fromEntries(declared.map((name) => [name, describeOperation(name, operations[name])])),
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
  return {
    errors: platformErrors,
    operations: Object.fromEntries(operations.map(([name, one]) => [name, describeOperation(name, one)])),
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
process.exit(0);
