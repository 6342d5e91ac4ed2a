import { readAssembly } from '../assembly/read.ts';
import { ensureTables } from '../engine/tables.ts';
import type { Engine } from '../engine/types.ts';
import type { Assembly } from '../resources/assembly.ts';
import { ensureSecret } from '../services/secrets.ts';
import type { State } from '../state/types.ts';
import { synth } from './synth.ts';

/** Where an assembly is read as if it were deployed there. */
export const LOCAL_ENVIRONMENT = { region: 'us-east-1', accountId: '000000000000' } as const;

/** The assembly of a synth, with its warnings. */
interface Synthesized {
  readonly assembly: Assembly;
  /** Warnings of the synth; one may have several lines. */
  readonly warnings: readonly string[];
}

/** Synthesizes the app and reads what came out. @throws StartupError, AssemblyError */
export async function synthesize(rootDir: string, outDir: string, signal: AbortSignal): Promise<Synthesized> {
  const warnings = await synth({ rootDir, outDir, signal });
  return { assembly: readAssembly(outDir, LOCAL_ENVIRONMENT), warnings };
}

/** Creates the tables and secrets of an assembly; nothing that exists is removed. */
export async function provision(assembly: Assembly, engine: Engine, state: State): Promise<void> {
  await ensureTables(engine, assembly.tables);
  for (const secret of assembly.secrets) ensureSecret(state, secret);
}

/** Every scope that the assembly's routes and plugins name. */
export function allScopesOf({ routes, plugins }: Assembly): readonly string[] {
  const named = [...routes.flatMap(({ scopes }) => scopes), ...plugins.flatMap(({ scopes }) => scopes)];
  return [...new Set(named)].sort();
}
