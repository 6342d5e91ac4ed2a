import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { apart } from '../apart.ts';
import type { FunctionResource } from '../resources/lambda.ts';

const bootstrapDir = realpathSync(import.meta.dirname);

/** Share of a function's memory that the heap of V8 may use, as Lambda sets it. */
const HEAP_SHARE = 0.9;

/** Enough for an error inside a package to show the plugin code that called it. */
const STACK_FRAMES = 50;

/** A line of the report pipe: one call that left an environment, or one fault that was injected in it. */
export interface ChildReport {
  readonly requestId?: string;
  readonly fault?: string;
  readonly target?: 'aws' | 'provider';
  readonly method?: string;
  readonly origin?: string;
  readonly path?: string;
  readonly action?: string;
}

/** The variables that Lambda sets in every function, for a function on this machine. */
export function reservedVariables(
  definition: FunctionResource,
  region: string,
  tmpDir: string,
  platform: string = process.platform,
): Readonly<Record<string, string>> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`,
    _HANDLER: definition.handler,
    LAMBDA_TASK_ROOT: realpathSync(definition.codeDir),
    TMPDIR: tmpDir,
    // What `os.tmpdir()` reads on Windows.
    ...(platform === 'win32' && { TEMP: tmpDir, TMP: tmpDir }),
    TZ: 'UTC',
  };
}

/** What the process of an execution environment runs, and who listens to it. */
interface ChildOptions {
  readonly definition: FunctionResource;
  readonly variables: Readonly<Record<string, string>>;
  readonly tmpDir: string;
  readonly onLine: (line: string) => void;
  readonly onReport: (report: ChildReport) => void;
  /** Of this machine, when left out. */
  readonly platform?: string | undefined;
}

/**
 * Starts the process of one execution environment: it may read its code and write its own temporary folder, nothing
 * else, and sees exactly the variables given.
 */
export function spawnChild({
  definition,
  variables,
  tmpDir,
  onLine,
  onReport,
  platform = process.platform,
}: ChildOptions): ChildProcess {
  mkdirSync(tmpDir, { recursive: true });
  const bySignal = platform !== 'win32';
  const stdin = bySignal ? 'ignore' : 'pipe';
  const child = spawn(
    process.execPath,
    [
      '--permission',
      `--allow-fs-read=${realpathSync(definition.codeDir)}`,
      `--allow-fs-read=${bootstrapDir}`,
      `--allow-fs-read=${tmpDir}`,
      `--allow-fs-write=${tmpDir}`,
      // Stack traces then name the files that plugins' authors wrote.
      '--enable-source-maps',
      `--stack-trace-limit=${STACK_FRAMES}`,
      `--max-old-space-size=${Math.floor(definition.memoryMb * HEAP_SHARE)}`,
      join(bootstrapDir, 'bootstrap.mjs'),
      ...(bySignal ? [] : ['end-by-input']),
    ],
    // Ctrl-C must not end the children, since the runner lets the invocations in flight end.
    { env: { ...variables }, cwd: tmpDir, stdio: [stdin, 'pipe', 'pipe', 'pipe'], ...apart(platform) },
  );
  const report = child.stdio[3] as Readable;
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
  }
  createInterface({ input: report }).on('line', (line) => onReport(parseReport(line)));
  return child;
}

/** Asks a process to end, as SIGTERM does. Windows has no signals, and would end it at once. */
export function askToEnd(child: ChildProcess): void {
  if (child.stdin === null) child.kill('SIGTERM');
  else child.stdin.end('end\n');
}

function parseReport(line: string): ChildReport {
  try {
    return JSON.parse(line) as ChildReport;
  } catch {
    // A crash can cut the last line.
    return {};
  }
}
