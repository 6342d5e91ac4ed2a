import { keepCompiled } from './process/compile-cache.ts';

keepCompiled();
try {
  const [unknown] = process.argv.slice(2);
  // Only the CLI's own -c reaches the app, through the environment; an argument here would be ignored silently.
  if (unknown !== undefined) throw new Error(`"${unknown}" is not for this: options go to npx cdk synth`);
  if (process.env['ANINEEPLUS_SYNTH'] === 'local') {
    const { synthesizeLocally } = await import('./assembly-cache.ts');
    await synthesizeLocally(process.cwd(), process.env['CDK_OUTDIR'] ?? 'cdk.out');
  } else {
    const { buildApp } = await import('./build-app.ts');
    (await buildApp()).app.synth();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
