import { randomUUID } from 'node:crypto';
import { type PaymentProvider } from '../../plugins/payment/providers/provider.ts';
import { ProviderError } from '../../plugins/payment/providers/provider-error.ts';
import type { Payment } from '../../plugins/payment/payments/model/payment.ts';
import type { PaymentView } from '../../plugins/payment/api/schemas.ts';
import { type Bench, startBench } from '../unit/plugins/payment/bench.ts';
import type { Answer } from '../unit/plugins/payment/plugin-under-test.ts';
import { type Gate, createGate } from './gate.ts';
import type { Fault, Intent, ProviderDispute, ProviderRefund, StripeEvent } from './provider-objects.ts';

/** The real thing: plugin, store, SDK and provider, with the means to look at each and to disturb them. */
export interface SystemUnderTest {
  readonly gate: Gate;
  /** Forgets everything: a provider without objects, and a tenant without payments. */
  begin(): Promise<void>;
  call(operation: string, input: unknown, key?: string): Promise<Answer<PaymentView>>;
  deliver(event: StripeEvent): Promise<{ readonly outcome: string }>;
  confirm(clientSecret: string, paymentMethod: string): Promise<void>;
  authenticate(intentId: string, result: 'succeeded' | 'failed'): Promise<void>;
  /** What the provider has, newest first. Reading it uses up no fault. */
  intents(): Promise<readonly Intent[]>;
  events(): Promise<readonly StripeEvent[]>;
  refunds(): Promise<readonly ProviderRefund[]>;
  disputes(): Promise<readonly ProviderDispute[]>;
  /** Makes a refund in the provider's dashboard; the provider may refuse. */
  refundElsewhere(intentId: string, amount: number): Promise<void>;
  dispute(intentId: string): Promise<void>;
  closeDispute(disputeId: string, outcome: 'won' | 'lost'): Promise<void>;
  /** Runs the look at what is due. */
  reconcile(): Promise<void>;
  record(paymentId: string): Promise<Payment | undefined>;
  items(paymentId: string, prefix: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  payments(): Promise<readonly PaymentView[]>;
  addFaults(faults: readonly Fault[]): Promise<void>;
  clearFaults(): Promise<void>;
  faultsLeft(): Promise<boolean>;
  /** The next calls that change something time out here and arrive at the provider when `land` is called. */
  delayCalls(count: number): void;
  land(): Promise<void>;
  /** Moves every clock. What is under way at the provider arrives first, as no request lives for so long. */
  skip(ms: number): Promise<void>;
  /** Versions of a payment that have no log entry: locks taken over, room taken for refunds, looks put off. */
  unlogged(paymentId: string): number;
  stop(): Promise<void>;
}

/** Leaves time for one try of the SDK only, so that faults cost no pauses. */
const REMAINING_MS = 7_500;
const CALL_BUDGET_MS = 4_000;
const PAGE_SIZE = 100;

export async function startSystemUnderTest(): Promise<SystemUnderTest> {
  const gate = createGate();
  const late = { armed: 0, calls: [] as (() => Promise<unknown>)[] };
  const unlogged = new Map<string, number>();
  const base = (await startBench()).with({ config: { lateSuccess: 'keep' } });
  const bench = base.with({ provider: (inner) => disturbed(inner, gate, late) });
  const { store, config } = bench.services;
  const readPayment = store.get.bind(store);
  Object.assign(store, stepwise(store, gate, unlogged));
  const clock = { skippedMs: 0 };
  let tenant = '';

  const tenants = new Map<string, string>();
  /** The reconciler also looks at what earlier histories left in the table, and may begin it anew. */
  const isForeign = async (id = ''): Promise<boolean> => {
    const owner = tenants.get(id) ?? (await readPayment(id))?.tenant;
    if (owner !== undefined) tenants.set(id, owner);
    return owner !== undefined && owner !== tenant;
  };

  const control = (method: string, path: string, body?: unknown): Promise<unknown> =>
    bench.control(method, path, body);
  const land = async () => {
    for (const call of late.calls.splice(0)) await call().catch(ignoreProviderError);
  };
  return {
    gate,
    async begin() {
      late.armed = 0;
      late.calls.length = 0;
      tenant = `tenant-${randomUUID()}`;
      await control('POST', '/reset');
      if (clock.skippedMs > 0)
        await control('POST', '/clock', { advance: `${Math.round(clock.skippedMs / 1000)}s` });
    },
    call: (operation, input, key) =>
      bench.call(operation, input, { tenant, remainingMs: REMAINING_MS, ...(key !== undefined && { key }) }),
    deliver: (event) => bench.deliver(JSON.stringify(event)),
    confirm: (clientSecret, paymentMethod) =>
      gate.step(async () => {
        await bench.confirm(clientSecret, paymentMethod).catch(ignoreNetworkError);
      }),
    authenticate: (intentId, result) =>
      gate.step(async () => {
        await control('POST', `/payment_intents/${intentId}/3ds`, { result });
      }),
    async intents() {
      const all = await list<Intent>(bench, config.stripe?.secretKey ?? '', 'payment_intents');
      const foreign = await Promise.all(all.map(({ metadata }) => isForeign(metadata['payment_id'])));
      return all.filter((_, index) => !foreign[index]);
    },
    events: () => list<StripeEvent>(bench, config.stripe?.secretKey ?? '', 'events'),
    refunds: () => list<ProviderRefund>(bench, config.stripe?.secretKey ?? '', 'refunds'),
    disputes: () => list<ProviderDispute>(bench, config.stripe?.secretKey ?? '', 'disputes'),
    refundElsewhere: (intentId, amount) =>
      gate.step(async () => {
        await fetch(`${bench.sandbox.url}/v1/refunds`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${config.stripe?.secretKey}`,
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: new URLSearchParams({ payment_intent: intentId, amount: String(amount) }),
        }).catch(ignoreNetworkError);
      }),
    dispute: (ref) =>
      gate.step(async () => void (await control('POST', '/disputes', { ref, reason: 'fraudulent' }))),
    closeDispute: (id, outcome) =>
      gate.step(async () => void (await control('POST', `/disputes/${id}/close`, { outcome }))),
    reconcile: async () => void (await bench.reconcile('due')),
    record: readPayment,
    items: (paymentId, prefix) => bench.items(paymentId, prefix),
    payments: () => allPayments(bench, tenant),
    addFaults: async (faults) => void (await control('POST', '/faults', faults)),
    async clearFaults() {
      late.armed = 0;
      await control('DELETE', '/faults');
    },
    async faultsLeft() {
      const { faults } = (await control('GET', '/faults')) as { faults: unknown[] };
      return faults.length > 0 || late.armed > 0;
    },
    delayCalls: (count) => void (late.armed += count),
    land,
    async skip(ms) {
      await land();
      bench.skip(ms);
      clock.skippedMs += ms;
      await control('POST', '/clock', { advance: `${Math.round(ms / 1000)}s` });
    },
    unlogged: (paymentId) => unlogged.get(paymentId) ?? 0,
    stop: () => base.stop(),
  };
}

/** The provider with every call a step of its own, and calls that arrive late when they are told to. */
function disturbed(
  inner: PaymentProvider,
  gate: Gate,
  late: { armed: number; readonly calls: (() => Promise<unknown>)[] },
): PaymentProvider {
  const send = <T>(call: (budgetMs: number) => Promise<T>, budgetMs: number): Promise<T> =>
    gate.step(async () => {
      if (late.armed === 0) return call(budgetMs);
      late.armed -= 1;
      late.calls.push(() => call(CALL_BUDGET_MS));
      throw new ProviderError({ class: 'unknown', code: 'timeout' });
    });
  return {
    ...inner,
    create: (request, call) =>
      send((budgetMs) => inner.create(request, { ...call, budgetMs }), call.budgetMs),
    capture: (request, call) =>
      send((budgetMs) => inner.capture(request, { ...call, budgetMs }), call.budgetMs),
    cancel: (request, call) =>
      send((budgetMs) => inner.cancel(request, { ...call, budgetMs }), call.budgetMs),
    refundsAndDisputes: {
      ...inner.refundsAndDisputes,
      refund: (request, call) =>
        send((budgetMs) => inner.refundsAndDisputes.refund(request, { ...call, budgetMs }), call.budgetMs),
      listRefunds: (...args) => gate.step(() => inner.refundsAndDisputes.listRefunds(...args)),
      retrieveDispute: (...args) => gate.step(() => inner.refundsAndDisputes.retrieveDispute(...args)),
    },
    retrieve: (...args) => gate.step(() => inner.retrieve(...args)),
    find: (...args) => gate.step(() => inner.find(...args)),
  };
}

type Store = Bench['services']['store'];

function stepwise(store: Store, gate: Gate, unlogged: Map<string, number>): Store {
  const inner = { ...store };
  const stepped = Object.entries(store).map(([name, method]) => [
    name,
    typeof method === 'function'
      ? (...args: unknown[]) =>
          gate.step(() => (method as (...given: unknown[]) => Promise<unknown>)(...args))
      : method,
  ]);
  return {
    ...(Object.fromEntries(stepped) as Store),
    write: (write, records) =>
      gate.step(async () => {
        const written = await inner.write(write, records);
        // The first entry of a new payment is written with the second.
        const hasEntry = write.change?.log !== undefined || write.change?.before === undefined;
        if (written.kind === 'committed' && !hasEntry)
          unlogged.set(write.paymentId, (unlogged.get(write.paymentId) ?? 0) + 1);
        return written;
      }),
    beginRefund: (intent, records) =>
      gate.step(async () => {
        const written = await inner.beginRefund(intent, records);
        const { id } = intent.before;
        if (written.kind === 'committed') unlogged.set(id, (unlogged.get(id) ?? 0) + 1);
        return written;
      }),
  };
}

async function list<T extends { readonly id: string }>(
  bench: Bench,
  secretKey: string,
  objects: string,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (;;) {
    const after = all.length === 0 ? '' : `&starting_after=${all.at(-1)?.id}`;
    const answer = await fetch(`${bench.sandbox.url}/v1/${objects}?limit=${PAGE_SIZE}${after}`, {
      headers: { authorization: `Bearer ${secretKey}` },
    });
    const page = (await answer.json()) as { data: T[]; has_more: boolean };
    all.push(...page.data);
    if (!page.has_more) return all;
  }
}

async function allPayments(bench: Bench, tenant: string): Promise<readonly PaymentView[]> {
  const { body } = await bench.call<{ payments: PaymentView[]; cursor: string | null }>(
    'listPayments',
    { limit: PAGE_SIZE },
    { tenant },
  );
  if (body.cursor !== null) throw new Error(`more than ${PAGE_SIZE} payments: the run is too long`);
  return body.payments;
}

function ignoreProviderError(error: unknown): void {
  if (!(error instanceof ProviderError)) throw error;
}

/** The payer's request may be cut too; what counts is what the provider then has. */
function ignoreNetworkError(error: unknown): void {
  if (!(error instanceof TypeError)) throw error;
}
