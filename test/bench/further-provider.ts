import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '#infra/bundling/bundle.ts';
import { copyProject } from '#testing/project.ts';
import { replaced } from './replaced.ts';

const PAYMENT = 'plugins/payment';

/** Builds the payment API with a third provider: a copy of an adapter, as lazy as the two that are there. */
export async function buildWithFurtherProvider(outDir: string): Promise<void> {
  const project = copyProject();
  try {
    const plugin = join(project, PAYMENT);
    cpSync(join(plugin, 'providers/paypal'), join(plugin, 'providers/further'), { recursive: true });
    edit(join(plugin, 'providers/provider-call.ts'), "'paypal']", "'paypal', 'further']");
    edit(
      join(plugin, 'providers/index.ts'),
      '  paypal: async',
      `  further: async (config) =>
    (await import('./further/provider.ts')).payPalProvider(configured(config, 'further')),
  paypal: async`,
    );
    const { build } = JSON.parse(readFileSync(join(plugin, 'plugin.json'), 'utf8')) as {
      readonly build?: { readonly keep?: Readonly<Record<string, readonly string[]>> };
    };
    await bundle({
      name: 'payment with a further provider',
      root: plugin,
      entries: ['functions/api.ts'],
      ...(build?.keep && { keep: build.keep }),
      outDir,
    });
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

function edit(file: string, part: string, replacement: string): void {
  writeFileSync(file, replaced(readFileSync(file, 'utf8'), part, replacement));
}
