import { count, formatErrors } from './format.ts';
import { loadManifests } from './load.ts';

const { plugins, errors } = loadManifests(process.argv[2] ?? process.cwd());
if (errors.length > 0) {
  process.stderr.write(`${formatErrors(errors, { color: process.stderr.isTTY })}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`${count(plugins.length, 'plugin')} ${plugins.length === 1 ? 'is' : 'are'} valid\n`);
}
