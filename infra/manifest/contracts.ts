import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** An event contract, as far as manifests refer to it. */
export interface ContractRef {
  readonly type: string;
  readonly version: string;
}

const exportedSchema = z.object({ title: z.string(), 'x-version': z.string() });

/**
 * Reads the exported event catalogue, `events/schemas/*.json`. `undefined` when the project has none, so that nothing
 * can be checked against it.
 */
export function readContracts(rootDir: string): readonly ContractRef[] | undefined {
  const folder = join(rootDir, 'events', 'schemas');
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.map((name) => {
    const schema = exportedSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    return { type: schema.title.replace(/\.v\d+$/, ''), version: schema['x-version'] };
  });
}
