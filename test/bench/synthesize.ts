import { spawnSync } from 'node:child_process';
import { synthArguments } from '#infra/local/runner/synth.ts';

/** Writes the local assembly of a project. @throws Error with what the synth printed */
export function synthesize(project: string, outDir: string): void {
  const { status, stderr } = spawnSync(process.execPath, synthArguments, {
    cwd: project,
    env: { ...process.env, CDK_OUTDIR: outDir, ANINEEPLUS_SYNTH: 'local' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`synth failed: ${stderr}`);
}
