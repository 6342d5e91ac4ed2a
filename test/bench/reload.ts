import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyProject } from '#testing/project.ts';
import { paymentsOf } from '../support/payments.ts';
import { startSystem } from '../support/system.ts';
import { replaced } from './replaced.ts';

const SAMPLES = 7;
/** What `get-payment.ts` answers with. */
const VIEW = 'viewOf(await findPayment(context))';

/** Milliseconds from writing an operation's file to the first answer of its new code, on a copy of the project. */
export async function reloadTimes(): Promise<number[]> {
  const project = copyProject();
  const system = await startSystem({ cwd: project, watch: true });
  try {
    const payments = paymentsOf(system);
    const { body } = await payments.create();
    const file = join(project, 'plugins/payment/payments/get-payment.ts');
    const source = readFileSync(file, 'utf8');
    const times: number[] = [];
    // The first change may come before the compilers are warm.
    for (let sample = 0; sample <= SAMPLES; sample += 1) {
      const reference = `edited-${sample}`;
      const edited = replaced(source, VIEW, `({ ...${VIEW}, orderReference: '${reference}' })`);
      const start = performance.now();
      writeFileSync(file, edited);
      while ((await payments.get(body.id)).body.orderReference !== reference) {
        if (performance.now() - start > 60_000) throw new Error(`no reload:\n${system.output()}`);
        await sleep(5);
      }
      times.push(performance.now() - start);
      await sleep(1_000);
    }
    return times.slice(1);
  } finally {
    await system.stop();
    rmSync(project, { recursive: true, force: true });
  }
}
