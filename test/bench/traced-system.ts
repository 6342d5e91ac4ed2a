import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyProject, editJson } from '#testing/project.ts';
import { paymentsOf } from '../support/payments.ts';
import { startSystem, type System } from '../support/system.ts';
import { median, type Spread, spreadOf } from './measure.ts';

const BATCHES = 20;
const CALLS = 20;

/** A call over HTTP to the local system, in milliseconds; `ratio` is that of the two within a batch. */
export interface TracedCall {
  readonly call: string;
  readonly off: number;
  readonly on: number;
  readonly ratio: Spread;
}

type Act = (payments: ReturnType<typeof paymentsOf>) => Promise<void>;

/** Runs the local system twice at once, with tracing as it is by default and with tracing off, and calls them by turns. */
export async function tracedCalls(): Promise<readonly TracedCall[]> {
  const project = copyProject();
  editJson(join(project, 'cdk.json'), (document) => {
    document.context.tracing = 'off';
  });
  const systems: System[] = [];
  try {
    for (const cwd of [undefined, project]) systems.push(await startSystem(cwd === undefined ? {} : { cwd }));
    const [on, off] = systems.map(paymentsOf);
    if (!on || !off) return [];
    const ids = new Map([
      [on, (await on.create()).body.id as string],
      [off, (await off.create()).body.id as string],
    ]);
    const create: Act = async (payments) => expectStatus((await payments.create()).status, 201);
    const get: Act = async (payments) =>
      expectStatus((await payments.get(ids.get(payments) ?? '')).status, 200);
    return [await compare('create', create, on, off), await compare('get', get, on, off)];
  } finally {
    for (const system of systems) await system.stop();
    rmSync(project, { recursive: true, force: true });
  }
}

function expectStatus(given: number, wanted: number): void {
  if (given !== wanted) throw new Error(`answered ${given} in place of ${wanted}`);
}

async function compare(
  call: string,
  act: Act,
  on: Parameters<Act>[0],
  off: Parameters<Act>[0],
): Promise<TracedCall> {
  const batches: { readonly on: number; readonly off: number }[] = [];
  // The first batch finds functions that are not warm.
  for (let batch = 0; batch <= BATCHES; batch += 1) {
    batches.push({ on: await batchOf(act, on), off: await batchOf(act, off) });
  }
  const warm = batches.slice(1);
  return {
    call,
    on: median(warm.map((one) => one.on)),
    off: median(warm.map((one) => one.off)),
    ratio: spreadOf(warm.map((one) => one.on / one.off)),
  };
}

async function batchOf(act: Act, payments: Parameters<Act>[0]): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < CALLS; call += 1) {
    const startedAt = performance.now();
    await act(payments);
    times.push(performance.now() - startedAt);
  }
  return median(times);
}
