import type { HealthCheckReport, HealthFinding, HealthReport } from '#runtime/contract/health.ts';
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
  /** Records the outcome of a regular call: a success or rejected credentials count like a probe. */
  observe(name: ProviderName, outcome: Outcome): void;
}

const UNKNOWN: HealthFinding = { status: 'unknown' };

/** The latest findings about one provider. */
interface ProviderState {
  readonly name: ProviderName;
  active: HealthFinding;
  passive: HealthFinding;
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
      { name, active: UNKNOWN, passive: UNKNOWN, latest: UNKNOWN, pending: undefined },
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

function checkOf({ latest: { at: _at, ...finding }, active, passive }: ProviderState): HealthCheckReport {
  return { ...finding, active, passive };
}

/** The default provider decides; a fault of another one makes the whole degraded. */
function reportOf(all: readonly ProviderState[]): HealthReport {
  const checks = Object.fromEntries(all.map((known) => [known.name, checkOf(known)]));
  const [main, ...others] = all;
  const { status, reason } = main?.latest ?? UNKNOWN;
  const impaired = others.find(({ latest }) => ['degraded', 'unhealthy'].includes(latest.status));
  if (status === 'degraded' || status === 'unhealthy' || impaired === undefined)
    return { status, ...(reason !== undefined && { reason }), checks };
  return { status: 'degraded', reason: `${impaired.name}: ${impaired.latest.reason}`, checks };
}
