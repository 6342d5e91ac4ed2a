import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** A file `config/<stage>.json` of a plugin: values of its configuration that are the same for everybody on the stage. */
export interface StageConfig {
  readonly stage: string;
  /** POSIX path relative to the root directory. */
  readonly file: string;
  readonly text: string;
}

const FOLDER = 'config';

/** The files of all stages. @param root the plugin's folder, relative to `rootDir` */
export function stageConfigs(rootDir: string, root: string): readonly StageConfig[] {
  const folder = join(rootDir, root, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({
      stage: name.slice(0, -'.json'.length),
      file: posix.join(root, FOLDER, name),
      text: readFileSync(join(folder, name), 'utf8'),
    }));
}

/** The values of one stage, of a plugin that has been checked; undefined without a file. */
export function stageValues(
  rootDir: string,
  root: string,
  stage: string,
): Readonly<Record<string, unknown>> | undefined {
  const found = stageConfigs(rootDir, root).find((one) => one.stage === stage);
  return found && (JSON.parse(found.text) as Record<string, unknown>);
}
