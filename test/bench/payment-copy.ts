import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '#infra/bundling/bundle.ts';
import { copyProject } from '#testing/project.ts';
import { replaced } from './replaced.ts';

interface PaymentCopy {
  readonly name: string;
  readonly entries: readonly string[];
  readonly outDir: string;
  /** Changes the copy of the project before it is built. */
  readonly edit: (project: string) => void;
}

/** Builds functions of the payment plugin as a deployment does, from a copy of the project with changes. */
export async function buildPaymentCopy({ name, entries, outDir, edit }: PaymentCopy): Promise<void> {
  const project = copyProject();
  try {
    edit(project);
    const plugin = join(project, 'plugins/payment');
    const { build } = JSON.parse(readFileSync(join(plugin, 'plugin.json'), 'utf8')) as {
      readonly build?: { readonly keep?: Readonly<Record<string, readonly string[]>> };
    };
    await bundle({ name, root: plugin, entries, ...(build?.keep && { keep: build.keep }), outDir });
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** Replaces a part of a file, which must be there. */
export function editFile(file: string, part: string, replacement: string): void {
  writeFileSync(file, replaced(readFileSync(file, 'utf8'), part, replacement));
}
