import { type Budget, countAtMost } from './budget.ts';
import type { Closure } from './closure.ts';
import type { Report } from './report.ts';

/** Modules and kilobytes that a function may load at init: what it loads today, rounded up. */
const LOADED_MAX: Readonly<Record<string, readonly [number, number]>> = {
  'payment/functions/api': [440, 350],
  'payment/functions/webhook-stripe': [600, 423],
  'payment/functions/webhook-paypal': [835, 558],
  'payment/functions/reconcile': [385, 315],
  'simple-plugin/functions/api': [238, 160],
  'platform/graphql': [350, 315],
  'relay/relay': [170, 110],
};

type Closures = Readonly<Record<string, Closure>>;

export function reportClosures(report: Report, closures: Closures): void {
  report.line('### Code loaded at init (minified, what only a dynamic import reaches left out)');
  report.table(
    ['function', 'modules', 'packages', 'bytes'],
    Object.entries(closures).map(([name, { modules, packages, bytes }]) => [
      name,
      String(modules.length),
      String(packages.length),
      String(bytes),
    ]),
  );
}

export function closureBudgets(closures: Closures): readonly Budget[] {
  return Object.entries(LOADED_MAX).flatMap(([name, [modulesMax, kilobytesMax]]) => {
    const closure = closures[name];
    if (!closure) throw new Error(`No function "${name}" to count the code of`);
    return [
      countAtMost(`modules of ${name}`, modulesMax, closure.modules.length),
      countAtMost(`code of ${name}`, kilobytesMax, Math.ceil(closure.bytes / 1000), ' kB'),
    ];
  });
}
