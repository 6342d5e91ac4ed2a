import type { HealthReport } from '#runtime/contract/health.ts';
import { type PaymentProvider, ProviderError, type ProviderErrorClass } from '../providers/provider.ts';

const CACHE_MS = 30_000;
const PROBE_BUDGET_MS = 1_200;

/** Tells how a provider is, at most asking it once per half minute. */
export interface HealthCheck {
  check(): Promise<HealthReport>;
  /** What the calls of real work showed: a success or refusal of credentials is as good as a probe. */
  observe(outcome: ProviderErrorClass | 'ok'): void;
}

export function providerHealth(provider: () => Promise<PaymentProvider>, now: () => Date): HealthCheck {
  let known: { readonly report: HealthReport; readonly atMs: number } | undefined;
  let pending: Promise<HealthReport> | undefined;
  const learn = (outcome: ProviderErrorClass | 'ok'): HealthReport => {
    const report = reportOf(outcome);
    known = { report, atMs: now().getTime() };
    return report;
  };
  const probe = async (): Promise<HealthReport> => learn(await outcomeOfProbe(provider));

  return {
    async check() {
      if (known !== undefined && now().getTime() - known.atMs < CACHE_MS) return known.report;
      pending ??= probe().finally(() => (pending = undefined));
      return pending;
    },
    observe(outcome) {
      if (outcome === 'ok' || outcome === 'auth') learn(outcome);
    },
  };
}

async function outcomeOfProbe(provider: () => Promise<PaymentProvider>): Promise<ProviderErrorClass | 'ok'> {
  try {
    await (await provider()).probe({ budgetMs: PROBE_BUDGET_MS });
    return 'ok';
  } catch (error) {
    return error instanceof ProviderError ? error.details.class : 'unknown';
  }
}

function reportOf(outcome: ProviderErrorClass | 'ok'): HealthReport {
  if (outcome === 'ok') return { status: 'healthy', checks: { stripe: { status: 'healthy' } } };
  const status = outcome === 'auth' ? 'unhealthy' : 'degraded';
  const reason =
    outcome === 'auth' ? 'the provider refuses the credentials' : `the provider answers: ${outcome}`;
  return { status, reason, checks: { stripe: { status, reason } } };
}
