import { setTimeout as sleep } from 'node:timers/promises';
import type { InvocationRecord } from '#infra/local/lambda/invocations.ts';
import type { Denial } from '#infra/local/types.ts';
import { names } from '#infra/deployment/deployment.ts';
import { request } from './client.ts';
import { splitName } from './plugins.ts';

/** One run of a function: what started it, how it ended, its log lines, denials and calls. */
export type TestInvocation = InvocationRecord;

/** The AWS call that a role must not allow. A text has to be contained, an expression has to match. */
export interface ExpectedDenial {
  /** As `plugin/function`. */
  readonly function: string;
  /** Such as `dynamodb:PutItem`. */
  readonly action?: string | RegExp;
  /** The ARN, or a part of it. */
  readonly resource?: string | RegExp;
}

/** What functions did. */
export interface TestInvocations {
  /** The last runs of a function, given as `plugin/function`, or of all; the oldest first. */
  list(name?: string): Promise<readonly TestInvocation[]>;
  /** The log lines of a function's runs, the oldest first; JSON lines are parsed. */
  logs(name: string): Promise<readonly (string | Readonly<Record<string, unknown>>)[]>;
  /**
   * Resolves with the first run of a function that has ended and that `where` accepts.
   * @throws Error that lists the runs there were, when none has in time (10 seconds when left out)
   */
  waitFor(
    name: string,
    options?: { readonly where?: (one: TestInvocation) => boolean; readonly withinMs?: number },
  ): Promise<TestInvocation>;
  /**
   * Does something that must make a function's role deny an AWS call.
   * @returns the denial; its `hint` names the line of the manifest that would allow the call
   * @throws Error with the calls that were made instead, when nothing is denied in time (10 seconds when left out)
   */
  expectDenied(
    expected: ExpectedDenial,
    act: () => Promise<unknown>,
    options?: { readonly withinMs?: number },
  ): Promise<Denial>;
}

const POLL_MS = 25;

export function createInvocations(url: () => string): TestInvocations {
  const invocations: TestInvocations = {
    async list(name) {
      const query = name === undefined ? '' : `?function=${encodeURIComponent(functionNameOf(name))}`;
      return (await request(url(), 'GET', `/dev/invocations${query}`)).body
        .invocations as readonly TestInvocation[];
    },
    async logs(name) {
      return (await invocations.list(name)).flatMap(({ logs }) => logs.map(parsedLine));
    },
    async waitFor(name, { where = () => true, withinMs = 10_000 } = {}) {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const runs = await invocations.list(name);
        const found = runs.find((one) => one.status !== 'running' && where(one));
        if (found) return found;
        if (Date.now() > deadline) {
          const seen = runs.map((one) => `  ${described(one)}`);
          throw new Error(
            [`no such run of ${name} within ${withinMs} ms; it ran ${runs.length} times`, ...seen].join('\n'),
          );
        }
        await sleep(POLL_MS);
      }
    },
    async expectDenied(expected, act, { withinMs = 10_000 } = {}) {
      const before = new Set((await deniedIn(invocations, expected.function)).map(keyOf));
      await act();
      const deadline = Date.now() + withinMs;
      for (;;) {
        const denials = (await deniedIn(invocations, expected.function)).filter(
          (one) => !before.has(keyOf(one)),
        );
        const found = denials.find((one) => isExpected(one, expected));
        if (found) return found;
        if (Date.now() > deadline) {
          throw new Error(notDenied(expected, denials, await invocations.list(expected.function)));
        }
        await sleep(POLL_MS);
      }
    },
  };
  return invocations;
}

function functionNameOf(name: string): string {
  const [plugin, key] = splitName(name, 'function');
  return names.function('local', plugin, key);
}

async function deniedIn(invocations: TestInvocations, name: string): Promise<readonly Denial[]> {
  return (await invocations.list(name)).flatMap(({ denied }) => denied);
}

const keyOf = (denial: Denial): string => JSON.stringify(denial);

function isExpected(denial: Denial, { action, resource }: ExpectedDenial): boolean {
  const fits = (text: string, wanted: string | RegExp | undefined) =>
    wanted === undefined || (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text));
  return fits(denial.action, action) && fits(denial.resource, resource);
}

function notDenied(
  { function: name, action, resource }: ExpectedDenial,
  denials: readonly Denial[],
  runs: readonly TestInvocation[],
): string {
  const wanted = [name, action, resource && `on ${String(resource)}`].filter(Boolean).map(String).join(' ');
  const others = denials.map((one) => `  ${one.action} on ${one.resource}; ${one.hint}`);
  const last = runs.at(-1);
  return [
    `no call was denied: ${wanted}`,
    ...(others.length > 0 ? ['these were:', ...others] : []),
    last === undefined ? `${name} was not invoked` : `its last run: ${described(last)}`,
  ].join('\n');
}

/** How much of a log line an error quotes. */
const LINE_MAX_LENGTH = 160;

function described({ trigger, status, error, awsCalls, logs }: TestInvocation): string {
  const calls = awsCalls.join(', ') || 'no AWS call';
  const reason = error === undefined ? '' : ` ${JSON.stringify(error)}`;
  const line = logs.at(-1) ?? 'none';
  return `${trigger} ${status}${reason}; ${calls}; last line: ${line.slice(0, LINE_MAX_LENGTH)}`;
}

function parsedLine(line: string): string | Readonly<Record<string, unknown>> {
  if (!line.startsWith('{')) return line;
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return line;
  }
}
