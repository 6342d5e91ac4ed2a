import { resolve } from 'node:path';
import { createHasher } from '#infra/bundling/file-hash.ts';
import { checkPlugins } from '#infra/bundling/check.ts';
import { count } from '#infra/process/count.ts';
import { readSettings } from '#infra/local/runner/settings.ts';
import type { ManifestError } from '#infra/manifest/types.ts';
import { type Check, fail, ok, warn } from '../doctor/check.ts';
import { checkEngine } from '../doctor/engine.ts';
import { checkPorts } from '../doctor/ports.ts';
import { checkSettings } from '../doctor/settings.ts';
import { checkState, runnerOf } from '../doctor/state.ts';
import { checkCdk, checkNode } from '../doctor/tools.ts';
import type { CommandResult } from '../output/result.ts';
import { manifestsOf } from '../project/plugins.ts';

export interface DoctorFlags {
  readonly port: number;
  readonly state: string;
}

/** Looks at everything that `npm start` and a deployment need; failed when one of them would fail. */
export async function runDoctor(rootDir: string, { port, state }: DoctorFlags): Promise<CommandResult> {
  const stateDir = resolve(rootDir, state);
  const { plugins } = manifestsOf(rootDir);
  const manifests = plugins.map(({ manifest }) => manifest);
  const [engine, ports, settings, code] = await Promise.all([
    checkEngine({ endpoint: endpointOf(rootDir) }),
    checkPorts(port, manifests, runnerOf(stateDir)),
    checkSettings(rootDir, process.env, plugins),
    checkCode(rootDir),
  ]);
  const checks: readonly Check[] = [
    checkNode(process.versions.node),
    engine,
    checkCdk(rootDir),
    checkState(stateDir),
    ...ports,
    ...settings,
    ...code,
  ];
  return {
    json: { checks },
    failed: checks.some(({ status }) => status === 'fail'),
    show: (view) =>
      view.table(
        ['check', 'state', 'found', 'fix'],
        checks.map(({ name, status, detail, fix }) => [name, status, detail, fix]),
      ),
  };
}

/** As `npm start` reads it; an unreadable `.env` is reported by the check of the settings. */
function endpointOf(rootDir: string): string | undefined {
  try {
    return readSettings(rootDir, process.env)['DYNAMODB_ENDPOINT'];
  } catch {
    return process.env['DYNAMODB_ENDPOINT'];
  }
}

/** The check of `npm run validate`. */
async function checkCode(rootDir: string): Promise<readonly Check[]> {
  const { known, errors, warnings } = await checkPlugins({ rootDir, stage: 'local', hasher: createHasher() });
  const told =
    (say: typeof warn) =>
    ({ code, file, line, message, fix }: ManifestError): Check =>
      say('plugins', `${code} in ${file}:${line}: ${message}`, fix);
  if (errors.length > 0) return [...errors.map(told(fail)), ...warnings.map(told(warn))];
  return [ok('plugins', `${count(known.length, 'plugin')}, without errors`), ...warnings.map(told(warn))];
}
