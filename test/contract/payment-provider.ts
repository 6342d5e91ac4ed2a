import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createId } from '../../plugins/payment/domain/ids.ts';
import type { Snapshot } from '../../plugins/payment/domain/snapshot.ts';
import {
  type CreateRequest,
  type PaymentProvider,
  ProviderError,
  type ProviderErrorClass,
} from '../../plugins/payment/providers/provider.ts';

/** What a provider adapter brings along to be judged. */
export interface ProviderUnderTest {
  readonly provider: PaymentProvider;
  /** An adapter of the same kind whose credentials are refused. */
  readonly unauthorized: PaymentProvider;
  /** An adapter that reaches nobody. */
  readonly unreachable: PaymentProvider;
  readonly currency: string;
  readonly unsupportedCurrency: string;
  /** Creates a payment whose payer pays: at once, or by approving what is then completed. */
  pay(request: CreateRequest, key: string): Promise<Snapshot>;
  /** The same with a payer whose bank says no. */
  payDeclined(request: CreateRequest, key: string): Promise<Snapshot>;
  /** A create that the provider refuses as it stands. */
  createWrong(request: CreateRequest, key: string): Promise<Snapshot>;
  stop(): Promise<void>;
}

/** The port in tests: every provider adapter must pass all of it. */
export function paymentProviderSuite(name: string, start: () => Promise<ProviderUnderTest>): void {
  describe(`payment provider: ${name}`, () => {
    let given: ProviderUnderTest;
    beforeAll(async () => {
      given = await start();
    });
    afterAll(() => given?.stop());

    const call = (idempotencyKey: string = randomUUID()) => ({ budgetMs: 20_000, idempotencyKey });
    const requestOf = (more: Partial<CreateRequest> = {}): CreateRequest => ({
      paymentId: createId('pay', Date.now()),
      amountMinor: 2500,
      currency: given.currency,
      captureMethod: 'automatic',
      metadata: { cart: '7' },
      ...more,
    });
    const pay = (more: Partial<CreateRequest> = {}) => given.pay(requestOf(more), randomUUID());
    const failsAs = async (promise: Promise<unknown>, errorClass: ProviderErrorClass) => {
      await expect(promise).rejects.toMatchObject({ name: 'ProviderError', details: { class: errorClass } });
    };

    it('creates an object that names our payment and waits for the payer', async () => {
      const request = requestOf();
      const snapshot = await given.provider.create(request, call());
      expect(snapshot).toMatchObject({
        ref: expect.any(String),
        status: 'requires_action',
        paymentId: request.paymentId,
        amountMinor: 2500,
        currency: given.currency,
        livemode: given.provider.livemode,
        capturedMinor: 0,
      });
    });

    it('gives the same object for the same key', async () => {
      const request = requestOf();
      const key = randomUUID();
      const first = await given.provider.create(request, call(key));
      expect((await given.provider.create(request, call(key))).ref).toBe(first.ref);
    });

    it('retrieves and finds what it created, and finds nothing that it did not', async () => {
      const request = requestOf();
      const { ref } = await given.provider.create(request, call());
      expect(await given.provider.retrieve(ref, call())).toMatchObject({ ref, paymentId: request.paymentId });
      const createdAt = new Date().toISOString();
      const found = await given.provider.find({ paymentId: request.paymentId, createdAt }, call());
      expect(found?.ref).toBe(given.provider.capabilities.search ? ref : undefined);
      expect(await given.provider.find({ paymentId: 'pay_none', createdAt }, call())).toBeUndefined();
    });

    it('takes money at once with automatic capture', async () => {
      const snapshot = await pay();
      expect(snapshot).toMatchObject({ status: 'succeeded', capturedMinor: 2500, capturableMinor: 0 });
    });

    it('holds money with manual capture, and captures a part of it', async () => {
      const held = await pay({ captureMethod: 'manual' });
      expect(held).toMatchObject({
        status: 'authorized',
        authorizedMinor: 2500,
        capturableMinor: 2500,
        capturedMinor: 0,
      });
      const request = { ref: held.ref, amountMinor: 1000, currency: given.currency };
      const captured = await given.provider.capture(request, call());
      expect(captured).toMatchObject({
        status: 'succeeded',
        authorizedMinor: 2500,
        capturedMinor: 1000,
        capturableMinor: 0,
      });
      await failsAs(given.provider.capture(request, call()), 'already_done');
      await failsAs(given.provider.cancel({ ref: held.ref }, call()), 'already_done');
    });

    it('cancels what waits for the payer', async () => {
      const { ref } = await given.provider.create(requestOf(), call());
      const canceled: Snapshot = await given.provider.cancel({ ref, reason: 'duplicate' }, call());
      expect(canceled).toMatchObject({ status: 'canceled', reason: 'duplicate', capturedMinor: 0 });
    });

    it('releases what it holds, once', async () => {
      const { ref } = await pay({ captureMethod: 'manual' });
      const canceled = await given.provider.cancel({ ref, reason: 'duplicate' }, call());
      expect(canceled).toMatchObject({ status: 'canceled', reason: 'duplicate', capturableMinor: 0 });
      expect(await given.provider.retrieve(ref, call())).toMatchObject({ status: 'canceled' });
      await failsAs(given.provider.cancel({ ref }, call()), 'already_done');
    });

    it('classifies a decline, with its reason and the object it left', async () => {
      const request = requestOf();
      const error: unknown = await given
        .payDeclined(request, randomUUID())
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ProviderError);
      const { details } = error as ProviderError;
      expect(details).toMatchObject({ class: 'declined', code: expect.any(String) });
      // A payer who approves at the provider was declined by the completion; the object is known already.
      const { confirmOnServer } = given.provider.capabilities;
      expect(details.snapshot?.capturedMinor).toBe(confirmOnServer ? 0 : undefined);
      expect(typeof details.declineCode).toBe(confirmOnServer ? 'string' : 'undefined');
    });

    it('gives one outcome for one key, however often it is sent', async () => {
      const held = await pay({ captureMethod: 'manual' });
      const request = { ref: held.ref, amountMinor: 2500, currency: given.currency };
      const key = randomUUID();
      const first = await given.provider.capture(request, call(key));
      expect(await given.provider.capture(request, call(key))).toEqual(first);
      expect(await given.provider.retrieve(held.ref, call())).toMatchObject({ capturedMinor: 2500 });
    });

    it('classifies what is wrong, what is refused and what is unknown', async () => {
      await failsAs(given.createWrong(requestOf(), randomUUID()), 'invalid');
      await failsAs(given.unauthorized.create(requestOf(), call()), 'auth');
      await failsAs(given.unreachable.create(requestOf(), { ...call(), budgetMs: 2_000 }), 'unknown');
    });

    it('never changes anything without a key', async () => {
      const keyless = { budgetMs: 5_000 };
      const request = { ref: 'x', amountMinor: 1, currency: given.currency };
      await expect(async () => given.provider.create(requestOf(), keyless)).rejects.toThrow(TypeError);
      await expect(async () => given.provider.capture(request, keyless)).rejects.toThrow(TypeError);
      await expect(async () => given.provider.cancel({ ref: 'x' }, keyless)).rejects.toThrow(TypeError);
    });

    it('knows its currencies and answers a probe', async () => {
      expect(given.provider.stepMinor(given.currency)).toBeGreaterThanOrEqual(1);
      expect(given.provider.stepMinor(given.unsupportedCurrency)).toBeUndefined();
      await expect(given.provider.probe(call())).resolves.toBeUndefined();
      await failsAs(given.unauthorized.probe(call()), 'auth');
    });
  });
}
