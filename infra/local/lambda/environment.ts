import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionResource } from '../resources/lambda.ts';
import { askToEnd, type ChildReport, reservedVariables, spawnChild } from './child.ts';
import { errorPayload, exited, timedOut } from './errors.ts';
import type { ProcessGuard } from './guard.ts';
import type { NextEvent, RuntimeApi } from './runtime-api.ts';

/** What became of one event. */
export interface Outcome {
  readonly status: 'ok' | 'error' | 'timeout' | 'crash' | 'init-error';
  readonly payload: Buffer;
}

/** One process that runs one function, one event at a time. */
export interface ExecutionEnvironment {
  readonly state: 'starting' | 'idle' | 'busy' | 'dead';
  /** Settles when the handler is loaded; rejects with an {@link InitError}. */
  readonly ready: Promise<void>;
  /** Events served so far; 0 makes the next one a cold start. */
  readonly served: number;
  /** Since when it waits for an event, on the monotonic clock; undefined while it does not. */
  readonly idleSinceMs: number | undefined;
  /** Runs the handler with one event; only while idle. */
  run(event: NextEvent): Promise<Outcome>;
  /** Ends the process, as Lambda does: one with an extension gets SIGTERM first, and 500 ms. */
  end(): void;
  /** Settles when the process has ended. */
  readonly ended: Promise<void>;
}

/** Between SIGTERM and SIGKILL for an environment with internal extensions alone. */
const SHUTDOWN_MS = 500;

/** The handler did not load; the document is what the invocation answers. */
export class InitError extends Error {
  override readonly name = 'InitError';
  readonly document: Buffer;

  constructor(document: Buffer) {
    super((JSON.parse(document.toString()) as { errorMessage: string }).errorMessage);
    this.document = document;
  }
}

/** What an execution environment runs, and who listens to it. */
interface EnvironmentOptions {
  readonly definition: FunctionResource;
  readonly region: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly tmpRoot: string;
  readonly initTimeoutMs: number;
  readonly runtimeApi: RuntimeApi;
  readonly guard: ProcessGuard;
  /** Of this machine, when left out. */
  readonly platform?: string | undefined;
  readonly onLine: (requestId: string | undefined, line: string) => void;
  readonly onReport: (report: ChildReport) => void;
  /** Idle again, or dead after the handler had loaded. */
  readonly onChange: () => void;
}

/** Starts a process for a function; it asks for its first event when the handler has loaded. */
export function startEnvironment(options: EnvironmentOptions): ExecutionEnvironment {
  const { definition, runtimeApi, initTimeoutMs, onChange } = options;
  const id = randomUUID();
  const tmpDir = join(options.tmpRoot, id);
  let state: ExecutionEnvironment['state'] = 'starting';
  let loaded = false;
  let idleSinceMs: number | undefined;
  let hasExtension = false;
  let waiting: ((event: NextEvent) => void) | undefined;
  const ended = Promise.withResolvers<void>();

  const kill = (): void => void child.kill('SIGKILL');
  const init = trackInit(initTimeoutMs, kill);
  const inFlight = trackInFlight(definition.timeoutSeconds, kill);

  const registration = runtimeApi.register(id, {
    next: () =>
      new Promise((resolve) => {
        waiting = resolve;
        loaded = true;
        if (state !== 'dead') state = 'idle';
        idleSinceMs = performance.now();
        init.succeed();
        onChange();
      }),
    answered: (requestId, payload) => inFlight.settle({ status: 'ok', payload }, requestId),
    failed: (requestId, payload) => inFlight.settle({ status: 'error', payload }, requestId),
    initFailed: init.fail,
    registerExtension() {
      if (loaded) return undefined;
      hasExtension = true;
      return randomUUID();
    },
  });

  const child = startChild(options, tmpDir, registration.address, () => inFlight.requestId);

  onceEnded(child, (code, signal) => {
    state = 'dead';
    ended.resolve();
    registration.release();
    init.fail(exited(id, code, signal));
    inFlight.settle({ status: 'crash', payload: exited(inFlight.requestId ?? id, code, signal) });
    rmSync(tmpDir, { recursive: true, force: true });
    // An exit before that rejects `ready`.
    if (loaded) onChange();
  });

  return {
    get state() {
      return state;
    },
    ready: init.ready,
    get served() {
      return inFlight.count;
    },
    get idleSinceMs() {
      return state === 'idle' ? idleSinceMs : undefined;
    },
    run(event) {
      state = 'busy';
      const outcome = inFlight.begin(event.requestId);
      waiting?.(event);
      waiting = undefined;
      return outcome;
    },
    end() {
      if (state === 'dead') return;
      if (hasExtension && state === 'idle') shutDown(child, ended.promise);
      else kill();
      state = 'dead';
    },
    ended: ended.promise,
  };
}

function startChild(
  { definition, region, variables, guard, platform, onLine, onReport }: EnvironmentOptions,
  tmpDir: string,
  runtimeAddress: string,
  requestId: () => string | undefined,
): ChildProcess {
  const child = spawnChild({
    definition,
    variables: {
      ...variables,
      ...reservedVariables(definition, region, tmpDir, platform),
      AWS_LAMBDA_RUNTIME_API: runtimeAddress,
    },
    tmpDir,
    platform,
    onLine: (line) => onLine(requestId(), line),
    onReport,
  });
  if (child.pid !== undefined) onceEnded(child, guard.watch(child.pid));
  return child;
}

function onceEnded(
  child: ChildProcess,
  callback: (code: number | null, signal: NodeJS.Signals | null) => void,
): void {
  child.once('exit', callback);
  // The process could not be started at all; `exit` never comes then.
  child.once('error', () => child.pid === undefined && callback(1, null));
}

/** SIGTERM, and after the time that Lambda leaves SIGKILL. */
function shutDown(child: ChildProcess, ended: Promise<void>): void {
  askToEnd(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), SHUTDOWN_MS);
  void ended.then(() => clearTimeout(timer));
}

/** The load of the handler, with its timeout. */
function trackInit(timeoutMs: number, kill: () => void) {
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  // A failed init is not an unhandled rejection when nothing awaits `ready`.
  ready.catch(() => {});
  const fail = (document: Buffer): void => {
    clearTimeout(timer);
    reject(new InitError(document));
  };
  const timer = setTimeout(() => {
    const seconds = (timeoutMs / 1000).toFixed(2);
    fail(errorPayload('Sandbox.Timedout', `Init timed out after ${seconds} seconds`));
    kill();
  }, timeoutMs);
  return {
    ready,
    fail,
    succeed(): void {
      clearTimeout(timer);
      resolve();
    },
  };
}

/** The event that an environment works on, with its timeout. */
function trackInFlight(timeoutSeconds: number, kill: () => void) {
  let count = 0;
  let requestId: string | undefined;
  let current: PromiseWithResolvers<Outcome> | undefined;

  return {
    /** The current event, or the last one. */
    get requestId() {
      return requestId;
    },
    /** Events so far. */
    get count() {
      return count;
    },
    begin(id: string): Promise<Outcome> {
      count += 1;
      requestId = id;
      current = Promise.withResolvers<Outcome>();
      const timer = setTimeout(() => {
        this.settle({ status: 'timeout', payload: timedOut(id, timeoutSeconds) });
        kill();
      }, timeoutSeconds * 1000);
      return current.promise.finally(() => clearTimeout(timer));
    },
    /** The first answer counts; an answer for another event than the current one is ignored. */
    settle(outcome: Outcome, id = requestId): void {
      if (id === requestId) current?.resolve(outcome);
    },
  };
}
