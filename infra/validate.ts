import { resolve } from 'node:path';
import { createHasher } from './bundling/file-hash.ts';
import { checkPlugins } from './bundling/check.ts';
import { formatErrors } from './manifest/format.ts';
import { staleTypes } from './manifest/plugin-types.ts';
import { hasColors } from './process/colors.ts';
import { count } from './process/count.ts';

try {
  const rootDir = resolve(process.argv[2] ?? process.cwd());
  const { known, warnings, ...checked } = await checkPlugins({
    rootDir,
    stage: 'local',
    hasher: createHasher(),
  });
  // Types are nothing that a deployment has, so that neither the synth nor a start asks for them.
  const errors = [...checked.errors, ...staleTypes(rootDir)];
  const color = hasColors(process.stderr);
  if (warnings.length > 0) {
    process.stderr.write(`${formatErrors(warnings, { color, noun: 'warning' })}\n`);
  }
  if (errors.length > 0) {
    process.stderr.write(`${formatErrors(errors, { color })}\n`);
    process.exitCode = 1;
  } else {
    process.stdout.write(`${count(known.length, 'plugin')} ${known.length === 1 ? 'is' : 'are'} valid\n`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
