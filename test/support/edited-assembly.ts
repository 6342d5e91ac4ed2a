import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchDir } from '#infra/bundling/scratch.ts';

interface EditableTemplate {
  readonly Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
}

/** A copy of an assembly in which the template of one stack is changed. @returns its folder */
export function edited(dir: string, stack: string, change: (template: EditableTemplate) => void): string {
  const copy = scratchDir('edited');
  cpSync(dir, copy, { recursive: true });
  const file = join(copy, `${stack}.template.json`);
  const template = JSON.parse(readFileSync(file, 'utf8')) as EditableTemplate;
  change(template);
  writeFileSync(file, JSON.stringify(template));
  return copy;
}
