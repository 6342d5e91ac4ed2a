import { randomBytes, randomUUID } from 'node:crypto';
import { totalmem } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Assembly } from '../resources/assembly.ts';
import type { FunctionResource } from '../resources/lambda.ts';
import type { Functions, InvokeResult } from '../types.ts';
import { createConcurrencyLimit } from './concurrency.ts';
import { errorPayload } from './errors.ts';
import { type LambdaOptions, startFunctionEnvironment } from './function-environment.ts';
import { createPool, type Pool } from './pool.ts';
import { startRuntimeApi } from './runtime-api.ts';

/** Lambda's bound on the event and on the answer of a synchronous invocation. */
const PAYLOAD_MAX_BYTES = 6 * 1024 * 1024;

/** New code of some functions that has been loaded. */
export interface PreparedCode {
  /** New events go to the new code. @returns what puts the code before it in force again */
  commit(): () => void;
  /** Ends the new environments; the old ones go on. */
  discard(): void;
}

/** The functions of the assembly, whose code can be replaced while they run. */
export interface LambdaFunctions extends Functions {
  /**
   * Loads new code of functions in new environments, of all or none, while the last good code goes on.
   * @throws InitError when it does not load
   */
  prepare(functionNames: readonly string[], codeDir: string): Promise<PreparedCode>;
  /**
   * Follows a new assembly: what changed gets new environments. The functions of a plugin that is here as it last was
   * keep the code that they run, which may be newer.
   */
  apply(assembly: Assembly): void;
  /** Gives functions new environments, all of them without names; what is running finishes in the old ones. */
  renew(functionNames?: readonly string[]): void;
  stop(): Promise<void>;
}

/** No function of this name or ARN. */
export class UnknownFunctionError extends Error {
  override readonly name = 'ResourceNotFoundException';
}

/** Runs the assembly's functions in child processes that speak the Lambda Runtime API. */
export async function lambdaFunctions(options: LambdaOptions): Promise<LambdaFunctions> {
  const { invocations, faults, environmentsMax = 10, processesMax = processesThatFit() } = options;
  const runtimeApi = await startRuntimeApi();
  const pools = new Map<string, Pool>();
  const withinConcurrency = createConcurrencyLimit(options.awsMetrics);

  const start = (definition: FunctionResource, onChange: () => void) => {
    endIdleOver(processesMax - 1, [...pools.values()]);
    const changed = () => {
      onChange();
      endIdleOver(processesMax, [...pools.values()]);
    };
    return startFunctionEnvironment(definition, changed, options, runtimeApi);
  };

  const poolOf = (functionArn: string): Pool => poolIn(pools, functionArn);

  const functions: LambdaFunctions = {
    async invoke(functionArn, payload, trigger) {
      const pool = poolOf(functionArn);
      const { name, timeoutSeconds, arn } = pool.definition;
      const requestId = randomUUID();
      const outcome = await withinConcurrency(pool.definition, functionArn, async () => {
        invocations.begin(requestId, name, trigger, { target: functionArn, payload });
        const result = await pool.run(() => ({
          requestId,
          functionArn: functionArn.startsWith('arn:') ? functionArn : arn,
          ...startOf(timeoutSeconds),
          payload,
          headers: { 'x-anineeplus-faults': JSON.stringify(faults.armedFor(name)) },
        }));
        const { length } = result.payload;
        return length > PAYLOAD_MAX_BYTES ? { ...result, ...tooLarge(length) } : result;
      });
      const { coldStart, durationMs, status } = outcome;
      invocations.end(requestId, { outcome, coldStart, durationMs });
      return resultOf(status, outcome.payload, requestId, durationMs);
    },
    prepare: async (functionNames, codeDir) => prepareAll(functionNames.map(poolOf), codeDir),
    apply(assembly) {
      const names = new Set(assembly.functions.map(({ name }) => name));
      const kept = new Set(assembly.plugins.filter(({ lastGood }) => lastGood).map(({ plugin }) => plugin));
      for (const [name, pool] of pools) {
        if (names.has(name)) continue;
        void pool.stop();
        pools.delete(name);
      }
      for (const described of assembly.functions) {
        const pool = pools.get(described.name);
        const definition =
          pool && kept.has(described.plugin) ? { ...described, codeDir: pool.definition.codeDir } : described;
        if (pool === undefined) {
          pools.set(definition.name, createPool({ definition, environmentsMax, start }));
        } else if (!isDeepStrictEqual(pool.definition, definition)) {
          pool.replace(definition);
        }
        options.credentials.of(definition);
      }
    },
    renew(functionNames) {
      const renewed = functionNames?.map(poolOf) ?? pools.values();
      for (const pool of renewed) pool.replace(pool.definition);
    },
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
      runtimeApi.close();
    },
  };
  functions.apply(options.assembly);
  return functions;
}

async function prepareAll(pools: readonly Pool[], codeDir: string): Promise<PreparedCode> {
  const next = (pool: Pool) => ({ ...pool.definition, codeDir });
  const warm = pools.filter((pool) => pool.size > 0);
  // Warm functions load it first; when none is warm, one of them does, since they share the code.
  const tried = warm.length > 0 ? warm : pools.slice(0, 1);
  const results = await Promise.allSettled(tried.map((pool) => pool.prepare(next(pool))));
  const failure = results.find((result) => result.status === 'rejected');
  const loaded = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const discard = () => loaded.forEach((swap) => swap.discard());
  if (failure) {
    discard();
    throw failure.reason;
  }
  return {
    commit() {
      const before = pools.map((pool) => [pool, pool.definition.codeDir] as const);
      loaded.forEach((swap) => swap.commit());
      for (const pool of pools) if (!tried.includes(pool)) pool.replace(next(pool));
      return () => before.forEach(([pool, dir]) => pool.replace({ ...pool.definition, codeDir: dir }));
    },
    discard,
  };
}

/** Of one process that runs a function; what a function of the payment plugin takes. */
const PROCESS_BYTES = 90 * 2 ** 20;
const PROCESSES_MIN = 16;

/** As many processes as half of this machine's memory holds. */
function processesThatFit(): number {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.max(PROCESSES_MIN, Math.floor(bytes / 2 / PROCESS_BYTES));
}

/** Ends the environments that have waited longest, until so many are left or all that are left are at work. */
function endIdleOver(most: number, pools: readonly Pool[]): void {
  for (let running = pools.reduce((sum, { size }) => sum + size, 0); running > most; running -= 1) {
    const idle = pools.filter(({ idleSinceMs }) => idleSinceMs !== undefined);
    const [longest] = idle.sort((a, b) => (a.idleSinceMs ?? 0) - (b.idleSinceMs ?? 0));
    if (longest === undefined) return;
    longest.endIdle();
  }
}

/** From an ARN or a name, with or without an alias or version. */
export function functionNameOf(functionArn: string): string {
  const parts = functionArn.split(':');
  return (parts[0] === 'arn' ? parts[6] : parts[0]) ?? '';
}

function poolIn(pools: ReadonlyMap<string, Pool>, functionArn: string): Pool {
  const pool = pools.get(functionNameOf(functionArn));
  if (pool === undefined) throw new UnknownFunctionError(`Function not found: ${functionArn}`);
  return pool;
}

/** What an event has of the moment in which an environment takes it. */
const startOf = (timeoutSeconds: number) => ({
  deadlineMs: Date.now() + timeoutSeconds * 1000,
  traceId: traceId(),
});

function tooLarge(bytes: number): { status: 'error'; payload: Buffer } {
  const message = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (6291556 bytes).`;
  return { status: 'error', payload: errorPayload('Function.ResponseSizeTooLarge', message) };
}

function resultOf(status: string, payload: Buffer, requestId: string, durationMs: number): InvokeResult {
  return { functionError: status === 'ok' ? undefined : 'Unhandled', payload, requestId, durationMs };
}

function traceId(): string {
  const epoch = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${epoch}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
