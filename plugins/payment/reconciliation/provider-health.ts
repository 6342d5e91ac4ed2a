import { providerHealthChanged } from '#events/catalog/index.ts';
import type { HealthStatus } from '#runtime/contract/health.ts';
import { domainEvent } from '../engine/model/event-envelopes.ts';
import type { Flow } from '../services.ts';
import { publishNotice } from '../engine/notices.ts';

/** Publishes each change of a provider's health; the first finding is a change only unless it is healthy. */
export async function watchHealth(flow: Flow): Promise<void> {
  const { health, store } = flow.services;
  const { checks = {} } = await health.check();
  for (const [provider, { status: to, reason }] of Object.entries(checks)) {
    // An unknown health is no change.
    if (to === 'unknown') continue;
    const job = `health-${provider}`;
    const record = await store.job(job);
    const from = (record?.state['status'] ?? 'healthy') as HealthStatus;
    if (from === to) continue;
    if (!(await store.saveJob(job, record, { status: to }))) continue;
    flow.log.warn('The health of a provider changed', { provider, from, to, reason });
    flow.log.count('payment.provider.health_changed');
    const id = `health:${provider}:${(record?.version ?? 0) + 1}`;
    const because = reason === undefined ? {} : { reason };
    await publishNotice(flow, id, domainEvent(providerHealthChanged, { provider, from, to, ...because }));
  }
}
