import { buildApp } from '#infra/build-app.ts';
import { scratchDir } from '#infra/bundling/scratch.ts';
import { readAssembly } from '#infra/local/assembly/read.ts';
import { readStacks, type Stack } from '#infra/local/assembly/stacks.ts';
import type { Assembly } from '#infra/local/resources/assembly.ts';
import { LOCAL_ENVIRONMENT } from '#infra/local/runner/synthesize.ts';

/** What the project becomes on AWS: its templates, and what is in them with every reference resolved. */
export interface SynthesizedProject {
  readonly assembly: Assembly;
  readonly stacks: readonly Stack[];
}

/** Synthesizes the project in this process, into a folder that is removed again; broken plugins are left out. */
export async function synthesizeProject(rootDir: string): Promise<SynthesizedProject> {
  const outDir = scratchDir('synth');
  const { app } = await buildApp(rootDir, { ...process.env, ANINEEPLUS_SYNTH: 'local', CDK_OUTDIR: outDir });
  app.synth();
  return { assembly: readAssembly(outDir, LOCAL_ENVIRONMENT), stacks: readStacks(outDir) };
}
