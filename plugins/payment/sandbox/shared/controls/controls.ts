import * as z from 'zod/mini';
import type { SandboxAccount } from '../account.ts';
import type { Control, ControlInput } from './control.ts';
import { ControlError, parseControl } from './control.ts';
import { durationMs } from './duration.ts';
import { faultControls } from './faults.ts';
import type { Described } from './webhooks.ts';
import { webhookControls } from './webhooks.ts';
import type { EventRecord } from '../store/records.ts';

/** What the shared controls have to know about a provider. */
export interface ControlFacts {
  /** Shown by `GET /__sandbox/health`. */
  readonly health: Readonly<Record<string, string>>;
  /** Answer of `GET /__sandbox/signing`. */
  readonly signing: () => object;
  readonly describe: (event: EventRecord) => Described;
}

const clockSchema = z.strictObject({ advance: z.string() });

/** The controls that every sandbox has; the sandboxes' READMEs describe them. */
export function sharedControls(account: SandboxAccount, facts: ControlFacts): readonly Control[] {
  const at = (name: string) => new RegExp(`^/__sandbox/${name}$`);
  const now = () => new Date(account.nowMs()).toISOString();
  return [
    { method: 'GET', path: at('health'), run: () => ({ status: 'ok', ...facts.health, now: now() }) },
    { method: 'POST', path: at('reset'), run: () => reset(account) },
    ...faultControls(account),
    ...webhookControls(account, facts.describe),
    { method: 'GET', path: at('requests'), run: (input) => listRequests(account, input) },
    { method: 'GET', path: at('signing'), run: () => facts.signing() },
    {
      method: 'POST',
      path: at('clock'),
      run: (input) => {
        advanceClock(account, input);
        return { now: now() };
      },
    },
  ];
}

function reset(account: SandboxAccount): object {
  account.store.clear();
  return { reset: true };
}

/** Oldest first; `?method=&path=&idempotencyKey=&status=` are optional, `count` asks for the number alone. */
function listRequests(account: SandboxAccount, { query }: ControlInput): object {
  const text = (name: string) => query.get(name) ?? undefined;
  const [method, path, key, status] = ['method', 'path', 'idempotencyKey', 'status'].map(text);
  const requests = account.store
    .all('request')
    .map(({ value }) => value)
    .filter((request) => method === undefined || request.method === method)
    .filter((request) => request.path.includes(path ?? ''))
    .filter((request) => key === undefined || request.idempotencyKey === key)
    .filter((request) => status === undefined || String(request.status) === status);
  return query.has('count') ? { count: requests.length } : { count: requests.length, requests };
}

/** Moves the sandbox's clock forward; what falls due on the way happens. */
function advanceClock(account: SandboxAccount, { body }: ControlInput): void {
  const { advance } = parseControl(clockSchema, body);
  const stepMs = durationMs(advance);
  if (stepMs === undefined)
    throw new ControlError('advance must be a duration such as "90s", "15m", "12h" or "7d"');
  const offsetMs = (account.store.get('clockOffsetMs', 'current') ?? 0) + stepMs;
  account.store.put('clockOffsetMs', 'current', offsetMs);
}
