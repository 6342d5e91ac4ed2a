import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { stubNetwork, stubNetworkWhenLoaded } from './network-stub.ts';

/**
 * Measures one bundle in this fresh process and prints one line of JSON.
 * Arguments: mode (`init`, `first`, `warm` or `throttled`), entry file, export, event file.
 */
type Handler = (event: unknown, context: unknown) => Promise<{ statusCode?: number; status?: number }>;

const [mode, entry, exportName, eventFile] = process.argv.slice(2) as [string, string, string, string];
const event = readFileSync(eventFile, 'utf8');
const context = {
  awsRequestId: 'bench',
  functionName: 'bench',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench:live',
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 28_000,
};
const emit = (result: unknown) => process.stderr.write(`${JSON.stringify(result)}\n`);

// Nothing may be touched before init is measured: node:http would be loaded, which is part of what is measured.
if (mode === 'first') stubNetworkWhenLoaded();
else if (mode !== 'init') stubNetwork();
const before = performance.now();
const module = (await import(pathToFileURL(entry).href)) as Record<string, Handler | Promise<Handler>>;
const handler = await module[exportName];
const initMs = performance.now() - before;
if (!handler) throw new Error(`${entry} has no export ${exportName}`);

if (mode === 'init') {
  const loaded = (process as unknown as { moduleLoadList: string[] }).moduleLoadList;
  const undici = loaded.some((name) => name.includes('undici/undici'));
  emit({ initMs, rssMb: process.memoryUsage().rss / 2 ** 20, undici });
} else if (mode === 'first') {
  // For bundles that import the modules as ESM.
  stubNetwork();
  emit({ initMs, firstMs: await timed() });
} else if (mode === 'throttled') {
  const rssMb = process.memoryUsage().rss / 2 ** 20;
  writeFileSync(process.env.BENCH_CPU_GROUP ?? '', String(process.pid));
  const firstMs = await timed();
  const calls: number[] = [];
  for (let i = 0; i < 50; i += 1) {
    // As after a pause between two requests, in which the share of the processor is not used up.
    await sleep(50);
    calls.push(await timed());
  }
  emit({ initMs, firstMs, warmMs: calls.sort((a, b) => a - b)[25], rssMb });
} else {
  for (let i = 0; i < 3_000; i += 1) await call();
  const batches: number[] = [];
  for (let batch = 0; batch < 20; batch += 1) {
    // Nothing is waited for, so this thread's own time is all; unlike the clock's it leaves out other processes.
    const earlier = process.threadCpuUsage();
    for (let i = 0; i < 150; i += 1) await call();
    const { user, system } = process.threadCpuUsage(earlier);
    batches.push((user + system) / 150);
  }
  emit({ warmUs: batches.sort((a, b) => a - b)[10] });
}
process.exit(0);

async function timed(): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}

async function call(): Promise<void> {
  const answer = await (handler as Handler)(JSON.parse(event), context);
  const status = answer.statusCode ?? answer.status ?? 0;
  if (status >= 300) throw new Error(`answered ${status}: ${JSON.stringify(answer)}`);
}
