import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Json, eventually, request } from '#testing/client.ts';
import { payAtOnce } from '../support/payments.ts';
import { copyProject } from '#testing/project.ts';
import { type System, startSystem } from '../support/system.ts';

let project: string;
let system: System;

beforeAll(async () => {
  project = copyProject();
  system = await startSystem({ cwd: project });
});
afterAll(async () => {
  await system?.stop();
  rmSync(project, { recursive: true, force: true });
});

const move = (to: 'load' | 'unload') =>
  request(system.url, 'POST', `/plugins/${to}`, { body: { name: 'simple-plugin' } });
const deliveries = async () => {
  const path = '/dev/invocations?function=anineeplus-local-simple-plugin-on-payment-succeeded';
  return (await request(system.url, 'GET', path)).body.invocations.length as number;
};
const receipts = async () => (await request(system.url, 'GET', '/simple/receipts')).body.receipts as Json[];

/** Deploys the subscription under another name: another queue, another mapping. */
function renameSubscription(from: string, to: string): void {
  for (const file of ['plugin.json', 'functions/on-payment-succeeded.ts']) {
    const path = join(project, 'plugins/examples/simple-plugin', file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll(`"${from}"`, `"${to}"`).replaceAll(`'${from}'`, `'${to}'`));
  }
}

it('a subscription deployed while its plugin is unloaded waits for it, and one of a loaded plugin goes on', async () => {
  await move('unload');
  renameSubscription('onPaymentSucceeded', 'onPaid');
  await system.kill9();
  await system.restart();
  const id = await payAtOnce(system);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(await deliveries()).toBe(0);

  await move('load');
  const received = (list: Json[]) => list.some(({ paymentId }) => paymentId === id);
  expect(received(await eventually(receipts, received, 15_000))).toBe(true);

  // Deployed again while it is loaded: nothing stands still.
  await system.kill9();
  await system.restart();
  const next = await payAtOnce(system);
  await eventually(receipts, (list) => list.some(({ paymentId }) => paymentId === next), 15_000);
}, 240_000);
