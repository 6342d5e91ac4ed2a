import { ProblemError } from '#runtime/contract/errors.ts';
import type { ConfigReading } from '#runtime/config-call.ts';
import { configProblem } from './errors.ts';
import type { ConfigServices, ConfiguredPlugin } from './services.ts';

/** For a cold start, and three seconds each for `initialize` and the health check. */
const CHECK_TIMEOUT_MS = 12_000;

type Caller = Pick<ConfigServices, 'caller'>;

interface Question {
  readonly versionId: string;
  readonly requestId: string;
}

/** Has the plugin start on a version. @throws ProblemError 422 `config-rejected` with the reason and the paths of faults */
export async function checkVersion(
  plugin: ConfiguredPlugin,
  question: Question,
  { caller }: Caller,
): Promise<void> {
  const key = functionOf(plugin);
  const asked = { ask: 'check', function: key, timeoutMs: CHECK_TIMEOUT_MS, ...question } as const;
  const check = await caller.config(plugin.name, asked).catch((error: unknown) => {
    throw isNoAnswer(error)
      ? rejected('check', `its function "${key}" did not answer within ${CHECK_TIMEOUT_MS} ms, or crashed`)
      : error;
  });
  if (!check.ok) throw rejected(check.step, check.reason, check.faults);
}

/** What a version is to the plugin's code. @throws ProblemError when it does not answer */
export function readByPlugin(
  plugin: ConfiguredPlugin,
  question: Question,
  { caller }: Caller,
): Promise<ConfigReading> {
  const asked = { ask: 'read', function: functionOf(plugin), timeoutMs: CHECK_TIMEOUT_MS } as const;
  return caller.config(plugin.name, { ...asked, ...question });
}

function functionOf({ name, function: key }: ConfiguredPlugin): string {
  if (key !== undefined) return key;
  throw configProblem('config-unchecked', {
    detail: `Give "${name}" an operation, a webhook, a subscription or a schedule.`,
  });
}

/** It hung or ended without an answer: its code does not bear the configuration. */
const isNoAnswer = (error: unknown): boolean =>
  error instanceof ProblemError && ['timed-out', 'internal-error'].includes(error.code);

const rejected = (step: string, reason: string, faults: readonly unknown[] = []) =>
  configProblem('config-rejected', {
    detail: `${step}: ${reason}`,
    extensions: { step, reason, errors: faults },
  });
