import { randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { ProviderError } from '../../plugins/payment/providers/provider-error.ts';
import type { Group } from './under-test.ts';
import { call, failsAs, kitOf, once } from './under-test.ts';

/** What refusals and faults mean for money. */
export const refusals: Group = (given) => {
  const { pay, requestOf } = kitOf(given);
  const fault = (effect: object) =>
    given().control('POST', 'faults', { method: 'POST', path: given().createPath, ...effect });
  /** The answers that were no repetitions; a lost one has no status. */
  const executed = async (idempotencyKey: string) => {
    const { requests } = (await given().control('GET', `requests?idempotencyKey=${idempotencyKey}`)).body;
    return requests.filter(({ replayed, status }) => !replayed && (status ?? 200) < 300);
  };

  it('declined: with its reason and the object it left', async () => {
    const paying = given().payDeclined(requestOf(), randomUUID());
    const error: unknown = await paying.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProviderError);
    const { details } = error as ProviderError;
    expect(details).toMatchObject({ class: 'declined', code: expect.any(String) });
    // A payer who approves at the provider was declined by the completion; the object is known already.
    const { confirmOnServer } = given().provider.capabilities;
    expect(details.snapshot?.capturedMinor).toBe(confirmOnServer ? 0 : undefined);
    expect(typeof details.declineCode).toBe(confirmOnServer ? 'string' : 'undefined');
  });

  it('invalid: what the provider refuses as it stands, and what it does not know', async () => {
    const { direct, wrong } = given();
    await failsAs(direct.create(requestOf(wrong), call()), 'invalid');
    await expect(direct.retrieve('NOTHINGLIKETHIS00', call())).rejects.toMatchObject({
      details: { class: 'invalid', missing: true },
    });
  });

  it('already_done: what was captured cannot be captured or canceled', async () => {
    const { provider, currency } = given();
    const { ref } = await pay({ captureMethod: 'manual' });
    await provider.capture({ ref, amountMinor: 2500, currency }, call());
    await failsAs(provider.capture({ ref, amountMinor: 2500, currency }, call()), 'already_done');
    await failsAs(provider.cancel({ ref }, call()), 'already_done');
  });

  it('in_progress: the same key while the first call runs', async () => {
    const { direct } = given();
    await fault({ delayMs: 1_500 });
    const request = requestOf();
    const key = randomUUID();
    const first = direct.create(request, call(key));
    await vi.waitFor(async () => {
      expect((await given().control('GET', 'faults')).body.faults).toEqual([]);
    }, 5_000);
    await failsAs(direct.create(request, once(key)), 'in_progress');
    const { ref } = await first;
    expect((await direct.create(request, call(key))).ref).toBe(ref);
  });

  it('rate_limited: nothing happened, and the same key works later', async () => {
    const { direct, slowDown } = given();
    const request = requestOf();
    const key = randomUUID();
    await fault({ status: 429, body: slowDown });
    await failsAs(direct.create(request, once(key)), 'rate_limited');
    expect((await direct.create(request, call(key))).paymentId).toBe(request.paymentId);
  });

  it('auth: credentials that are refused', async () => {
    await failsAs(given().unauthorized.create(requestOf(), call()), 'auth');
    await failsAs(given().unauthorized.refundsAndDisputes.listRefunds('x', call()), 'auth');
  });

  it('unknown: an answer that was lost, and nobody there', async () => {
    const { direct } = given();
    const request = requestOf();
    const key = randomUUID();
    await fault({ after: true });
    await failsAs(direct.create(request, once(key)), 'unknown');
    const { ref, paymentId } = await direct.create(request, call(key));
    expect(paymentId).toBe(request.paymentId);
    expect(await direct.retrieve(ref, call())).toMatchObject({ paymentId });
    expect(await executed(key)).toHaveLength(1);
    await fault({ status: 500, body: {} });
    await failsAs(direct.create(requestOf(), once()), 'unknown');
    await failsAs(given().unreachable.create(requestOf(), once()), 'unknown');
  });

  it('repeats by itself what was lost, and acts once', async () => {
    const { direct } = given();
    const key = randomUUID();
    await fault({ after: true });
    const { paymentId } = await direct.create(requestOf(), call(key));
    expect(paymentId).toEqual(expect.any(String));
    expect(await executed(key)).toHaveLength(1);
  });

  it('never changes anything without a key', async () => {
    const { provider, currency } = given();
    const keyless = { budgetMs: 5_000 };
    const request = { ref: 'x', amountMinor: 1, currency };
    await expect(async () => provider.create(requestOf(), keyless)).rejects.toThrow(TypeError);
    await expect(async () => provider.capture(request, keyless)).rejects.toThrow(TypeError);
    await expect(async () => provider.cancel({ ref: 'x' }, keyless)).rejects.toThrow(TypeError);
  });
};
