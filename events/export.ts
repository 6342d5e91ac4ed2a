import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { envelopeSchema, type EventContract } from './catalog/contract.ts';
import { catalog } from './catalog/index.ts';

/**
 * The JSON Schema (draft 2020-12) of a contract's envelope, as text. Unknown members are allowed, because an additive
 * change keeps the detail type.
 */
export function schemaText(contract: EventContract<unknown>): string {
  const { $schema, ...schema } = z.toJSONSchema(envelopeSchema(contract), { io: 'input' });
  const document = {
    $schema,
    title: contract.detailType,
    description: contract.summary,
    'x-version': contract.version,
    ...schema,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Writes `<detailType>.json` for every contract and removes schemas that no longer have one. */
function exportSchemas(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const files = new Map(catalog.map((contract) => [`${contract.detailType}.json`, schemaText(contract)]));
  for (const stale of readdirSync(folder).filter((name) => !files.has(name))) rmSync(join(folder, stale));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
}

if (import.meta.main) exportSchemas(join(import.meta.dirname, 'schemas'));
