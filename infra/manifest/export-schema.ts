import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { manifestSchema } from './schema.ts';

/** The JSON Schema of plugin.json (draft 2020-12), from which editors complete and check. */
export function manifestSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(manifestSchema, { io: 'input', target: 'draft-2020-12' }), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'plugin.schema.json'), manifestSchemaText());
