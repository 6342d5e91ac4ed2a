import type { HealthCheckReport, HealthFinding, HealthReport } from '#runtime/contract/health.ts';
import { type CallWindow, callWindow } from './call-window.ts';
import { within } from '#runtime/within.ts';
import { type PaymentProvider } from './provider.ts';
import { ProviderError, type ProviderErrorClass } from './provider-error.ts';
import { type ProviderName } from './provider-call.ts';

/** Milliseconds for which a finding is reused; a provider is probed at most once in that time. */
const CACHE_MS = 30_000;
/** Milliseconds for one probe, within the 1.5 seconds that the runtime allows for the whole health check. */
const PROBE_BUDGET_MS = 1_200;

type Outcome = ProviderErrorClass | 'ok';

/** The health of each configured provider; each is probed at most once per half minute. */
export interface HealthCheck {
  check(): Promise<HealthReport>;
  /**
   * Records the outcome of a regular call: a success or rejected credentials count like a probe, and a share of failures
   * among the calls of the last minutes makes the provider degraded.
   */
  observe(name: ProviderName, outcome: Outcome): void;
}

const UNKNOWN: HealthFinding = { status: 'unknown' };

/** Outcomes by which the provider did not do its work; with any other it answered. */
const FAILURES: ReadonlySet<Outcome> = new Set<Outcome>(['unknown', 'auth', 'rate_limited']);

/** Fewer calls than this say nothing about a provider. */
const CALLS_MIN = 5;
const FAILED_SHARE_MAX = 0.5;

/** The latest findings about one provider. */
interface ProviderState {
  readonly name: ProviderName;
  active: HealthFinding;
  passive: HealthFinding;
  readonly window: CallWindow;
  /** The more recent of the two. */
  latest: HealthFinding;
  pending: Promise<void> | undefined;
}

/**
 * Reports all `names` from the first response on, each with its latest finding: of a probe or of a regular call. A
 * slow probe is not awaited; its outcome shows in a later response.
 * @param names the configured providers, the default one first
 */
export function providersHealth(
  names: readonly ProviderName[],
  provider: (name: ProviderName) => Promise<PaymentProvider>,
  now: () => Date,
): HealthCheck {
  const all = new Map<ProviderName, ProviderState>(
    names.map((name) => [
      name,
      {
        name,
        active: UNKNOWN,
        passive: UNKNOWN,
        latest: UNKNOWN,
        window: callWindow(now),
        pending: undefined,
      },
    ]),
  );
  const found = (outcome: Outcome): HealthFinding => ({ ...findingOf(outcome), at: now().toISOString() });
  const isFresh = ({ at }: HealthFinding): boolean =>
    at !== undefined && now().getTime() - Date.parse(at) < CACHE_MS;

  async function refresh(known: ProviderState): Promise<void> {
    if (isFresh(known.latest)) return;
    known.pending ??= probe(() => provider(known.name))
      .then((outcome) => void (known.latest = known.active = found(outcome)))
      .finally(() => (known.pending = undefined));
    await within(known.pending, PROBE_BUDGET_MS, () => undefined);
  }

  return {
    async check() {
      await Promise.all([...all.values()].map(refresh));
      return reportOf([...all.values()]);
    },
    observe(name, outcome) {
      const known = all.get(name);
      known?.window.add(FAILURES.has(outcome));
      if (known && (outcome === 'ok' || outcome === 'auth')) known.latest = known.passive = found(outcome);
    },
  };
}

async function probe(provider: () => Promise<PaymentProvider>): Promise<Outcome> {
  try {
    await (await provider()).probe({ budgetMs: PROBE_BUDGET_MS });
    return 'ok';
  } catch (error) {
    return error instanceof ProviderError ? error.details.class : 'unknown';
  }
}

function findingOf(outcome: Outcome): HealthFinding {
  if (outcome === 'ok') return { status: 'healthy' };
  return outcome === 'auth'
    ? { status: 'unhealthy', reason: 'the provider refuses the credentials' }
    : { status: 'degraded', reason: `the provider answers: ${outcome}` };
}

/** The finding about a provider: the latest one, or that of the calls where it is worse. */
function findingAbout({ latest: { at: _at, ...latest }, window }: ProviderState): HealthFinding {
  return latest.status === 'unhealthy' ? latest : (windowFinding(window) ?? latest);
}

/** Undefined while most calls succeed. */
function windowFinding(window: CallWindow): HealthFinding | undefined {
  const { calls = 0, failures = 0, windowSeconds = 0 } = window.read() ?? {};
  if (calls < CALLS_MIN || failures / calls < FAILED_SHARE_MAX) return undefined;
  return {
    status: 'degraded',
    reason: `${failures} of ${calls} calls in the last ${windowSeconds / 60} minutes failed`,
  };
}

function checkOf(state: ProviderState): HealthCheckReport {
  const { active, passive, window } = state;
  const worse = passive.status === 'unhealthy' ? undefined : windowFinding(window);
  return { ...findingAbout(state), active, passive: { ...passive, ...worse, ...window.read() } };
}

/** The default provider decides; a fault of another one makes the whole degraded. */
function reportOf(all: readonly ProviderState[]): HealthReport {
  const checks = Object.fromEntries(all.map((known) => [known.name, checkOf(known)]));
  const [main, ...others] = all;
  const { status, reason } = main ? findingAbout(main) : UNKNOWN;
  const impaired = others.find((known) => ['degraded', 'unhealthy'].includes(findingAbout(known).status));
  if (status === 'degraded' || status === 'unhealthy' || impaired === undefined)
    return { status, ...(reason !== undefined && { reason }), checks };
  return { status: 'degraded', reason: `${impaired.name}: ${findingAbout(impaired).reason}`, checks };
}
