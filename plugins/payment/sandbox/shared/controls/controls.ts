import * as z from 'zod/mini';
import type { SandboxAccount } from '../account.ts';
import type { EventRecord } from '../store/records.ts';
import type { EventLabel } from '../webhooks/queue.ts';
import { type Control, controlAt, ControlError, type ControlInput, newest, parseControl } from './control.ts';
import { faultControls } from './faults.ts';
import { webhookControls } from './webhooks.ts';

/** What the shared controls have to know about a provider. */
export interface ControlFacts {
  /** Shown by `GET /__sandbox/health`. */
  readonly health: Readonly<Record<string, string>>;
  /** Answer of `GET /__sandbox/signing`. */
  readonly signing: () => object;
  /** Names an event's type and object for its deliveries. */
  readonly labelOf: (event: EventRecord) => EventLabel;
}

/** The controls that every sandbox has; the README describes them. */
export function sharedControls(account: SandboxAccount, facts: ControlFacts): readonly Control[] {
  const now = () => new Date(account.nowMs()).toISOString();
  return [
    controlAt('GET', 'health', () => ({ status: 'ok', ...facts.health, now: now() })),
    controlAt('POST', 'reset', () => {
      account.store.clear();
      return { reset: true };
    }),
    ...faultControls(account),
    ...webhookControls(account, facts.labelOf),
    controlAt('GET', 'requests', (input) => listRequests(account, input)),
    controlAt('GET', 'signing', () => facts.signing()),
    controlAt('POST', 'clock', ({ body }) => {
      advanceClock(account, body);
      return { now: now() };
    }),
  ];
}

/**
 * Oldest first; `?method=&path=&idempotencyKey=&status=` are optional, `limit` leaves the newest so many, and `count` asks
 * for the number alone.
 */
function listRequests(account: SandboxAccount, { query }: ControlInput): object {
  const fits = (name: string, value: string | null) => !query.has(name) || value === query.get(name);
  const requests = account.store
    .all('request')
    .filter(({ method, path }) => fits('method', method) && path.includes(query.get('path') ?? ''))
    .filter(
      ({ idempotencyKey, status }) => fits('idempotencyKey', idempotencyKey) && fits('status', `${status}`),
    );
  if (query.has('count')) return { count: requests.length };
  return { count: requests.length, requests: newest(requests, query) };
}

const clockSchema = z.strictObject({ advance: z.string() });
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const ADVANCE_DAYS_MAX = 3650;

/** Moves the sandbox's clock forward; the jobs up to the new time run afterwards. */
function advanceClock(account: SandboxAccount, body: unknown): void {
  const { advance } = parseControl(clockSchema, body);
  const [, count, unit = ''] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(advance) ?? [];
  const stepMs = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  if (!(stepMs <= ADVANCE_DAYS_MAX * 86_400_000))
    throw new ControlError('advance must be a duration such as "90s", "15m", "12h" or "7d"');
  const offsetMs = (account.store.get('clockOffsetMs', 'current') ?? 0) + stepMs;
  account.store.put('clockOffsetMs', 'current', offsetMs);
}
