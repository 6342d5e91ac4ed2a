import type { HealthReport, HealthStatus } from '#runtime/contract/health.ts';
import {
  type PaymentProvider,
  ProviderError,
  type ProviderErrorClass,
  type ProviderName,
} from '../providers/provider.ts';

const CACHE_MS = 30_000;
const PROBE_BUDGET_MS = 1_200;

type Outcome = ProviderErrorClass | 'ok';
type Check = { readonly status: HealthStatus; readonly reason?: string };

/** Tells how the providers are, asking the first at most once per half minute. */
export interface HealthCheck {
  check(): Promise<HealthReport>;
  /** What the calls of real work showed: a success or refusal of credentials is as good as a probe. */
  observe(name: ProviderName, outcome: Outcome): void;
}

/**
 * Probes the first of `names`, the one that payments use unless they name another. Of the others, what their
 * calls showed is reported, so that asking for health loads no SDK that nothing else needs.
 */
export function providersHealth(
  names: readonly ProviderName[],
  provider: (name: ProviderName) => Promise<PaymentProvider>,
  now: () => Date,
): HealthCheck {
  const [main = 'stripe'] = names;
  const known = new Map<ProviderName, { readonly check: Check; readonly atMs: number }>();
  let pending: Promise<Check> | undefined;
  const learn = (name: ProviderName, outcome: Outcome): Check => {
    const check = checkOf(outcome);
    known.set(name, { check, atMs: now().getTime() });
    return check;
  };
  const probe = async (): Promise<Check> => learn(main, await outcomeOfProbe(() => provider(main)));

  return {
    async check() {
      const last = known.get(main);
      const fresh = last !== undefined && now().getTime() - last.atMs < CACHE_MS;
      if (!fresh) pending ??= probe().finally(() => (pending = undefined));
      const check = fresh ? last.check : await (pending ?? probe());
      return reportOf(main, check, known);
    },
    observe(name, outcome) {
      if (outcome === 'ok' || outcome === 'auth') learn(name, outcome);
    },
  };
}

async function outcomeOfProbe(provider: () => Promise<PaymentProvider>): Promise<Outcome> {
  try {
    await (await provider()).probe({ budgetMs: PROBE_BUDGET_MS });
    return 'ok';
  } catch (error) {
    return error instanceof ProviderError ? error.details.class : 'unknown';
  }
}

function checkOf(outcome: Outcome): Check {
  if (outcome === 'ok') return { status: 'healthy' };
  return outcome === 'auth'
    ? { status: 'unhealthy', reason: 'the provider refuses the credentials' }
    : { status: 'degraded', reason: `the provider answers: ${outcome}` };
}

function reportOf(
  main: ProviderName,
  check: Check,
  known: ReadonlyMap<ProviderName, { readonly check: Check }>,
): HealthReport {
  const others = [...known].filter(([name]) => name !== main);
  const checks = { [main]: check, ...Object.fromEntries(others.map(([name, seen]) => [name, seen.check])) };
  if (check.status !== 'healthy') return { ...check, checks };
  const ill = others.find(([, seen]) => seen.check.status !== 'healthy')?.[0];
  return ill === undefined
    ? { status: 'healthy', checks }
    : { status: 'degraded', reason: `${ill}: ${known.get(ill)?.check.reason}`, checks };
}
