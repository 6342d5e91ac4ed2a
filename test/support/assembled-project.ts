import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Instead of a synth: what the first one of the run has written. */
const app = `import { cpSync } from 'node:fs';
import { join } from 'node:path';
cpSync(join(import.meta.dirname, '../cdk.out'), process.env.CDK_OUTDIR, { recursive: true });
`;

/**
 * This project, synthesized once for all tests of a run: a system that starts in it takes that assembly, which saves
 * the most of its start. @returns this project itself where a run may outlive a change of the code
 */
export function assembledProject(): string {
  const folder = process.env['TEST_RUN_FOLDER'];
  if (folder === undefined) return root;
  const project = join(folder, 'assembled-project');
  if (existsSync(project)) return project;
  const made = mkdtempSync(join(folder, 'assembling-'));
  const env = { ...process.env, CDK_OUTDIR: join(made, 'cdk.out'), ANINEEPLUS_SYNTH: 'local' };
  const { status, stderr } = spawnSync(process.execPath, ['infra/app.ts'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  if (status !== 0 || stderr !== '') throw new Error(`this project cannot be synthesized: ${stderr}`);
  for (const name of readdirSync(root).filter((entry) => !['infra', 'cdk.out', '.local'].includes(entry)))
    symlinkSync(join(root, name), join(made, name));
  mkdirSync(join(made, 'infra'));
  symlinkSync(join(root, 'infra/local'), join(made, 'infra/local'));
  writeFileSync(join(made, 'infra/app.ts'), app);
  try {
    renameSync(made, project);
  } catch (error) {
    // Another worker was first.
    if (!existsSync(project)) throw error;
    rmSync(made, { recursive: true, force: true });
  }
  return project;
}
