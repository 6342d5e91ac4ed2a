import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createId } from '../../plugins/payment/engine/model/ids.ts';
import type { AttachRequest } from '../../plugins/payment/providers/customers.ts';
import type { MethodSnapshot } from '../../plugins/payment/customers/model/snapshots.ts';
import type { Group, ProviderUnderTest } from './under-test.ts';
import { call, failsAs, kitOf } from './under-test.ts';

/** A customer of ours at the provider, who may have no name there before the first method. */
export async function newCustomer({ provider }: ProviderUnderTest) {
  const customerId = createId('cus', Date.now());
  const request = { customerId, email: 'buyer@example.com', name: 'B. Buyer', metadata: { tier: '1' } };
  const { ref } = await provider.customers.create(request, call());
  return { customerId, customerRef: ref };
}

/** Saves a method of the payer, who allows it first where the provider asks. */
export async function saveMethod(given: ProviderUnderTest, customer: Omit<AttachRequest, 'token'>) {
  const { customers } = given.provider;
  const returnUrl = 'https://shop.example/return';
  const made = await customers.attach({ ...customer, token: given.methodToken, returnUrl }, call());
  if (made.status !== 'requires_action') return made;
  expect(made.nextAction).toMatchObject({ type: 'redirect', url: expect.stringContaining('http') });
  await given.approveMethod(made);
  return customers.attach({ ...customer, token: made.ref }, call());
}

/** Customers and their saved ways to pay. */
export const customers: Group = (given) => {
  const { requestOf } = kitOf(given);
  const list = async (customerRef = '') => given().provider.customers.listMethods(customerRef, call());
  const refsOf = (methods: readonly MethodSnapshot[]) => methods.map(({ ref }) => ref).toSorted();

  it('creates one customer for one key', async () => {
    const { provider } = given();
    expect(provider.capabilities.customersWithoutMethod).toBe(true);
    const request = { customerId: createId('cus', Date.now()), metadata: {} };
    const key = randomUUID();
    const first = await provider.customers.create(request, call(key));
    expect(await provider.customers.create(request, call(key))).toEqual(first);
  });

  it('saves two methods, and detaches one of them, twice', async () => {
    const { provider } = given();
    const { customerId, customerRef } = await newCustomer(given());
    const first = await saveMethod(given(), { customerId, customerRef });
    expect(first).toMatchObject({ status: 'active', type: expect.any(String) });
    const named = first.customerRef ?? '';
    expect(customerRef ?? named).toBe(named);
    expect(named).not.toBe('');
    const second = await saveMethod(given(), { customerId, customerRef: named });
    expect(second.customerRef).toBe(named);
    expect(refsOf(await list(named))).toEqual(refsOf([first, second]));
    expect(await provider.customers.retrieveMethod(first.ref, call())).toMatchObject({
      ref: first.ref,
      status: 'active',
      customerRef: named,
    });
    await provider.customers.detach(first.ref, call());
    await provider.customers.detach(first.ref, call());
    expect(refsOf(await list(named))).toEqual([second.ref]);
    expect(await provider.customers.retrieveMethod(first.ref, call())).toMatchObject({ status: 'detached' });
  });

  it('saves one method for one key', async () => {
    const { provider } = given();
    const { customerId, customerRef } = await newCustomer(given());
    const { methodToken: token } = given();
    const request = { customerId, customerRef, token, returnUrl: 'https://shop.example/return' };
    const key = randomUUID();
    const first = await provider.customers.attach(request, call(key));
    expect((await provider.customers.attach(request, call(key))).ref).toBe(first.ref);
  });

  it('charges a saved method while its payer is away, where it says so', async () => {
    const { provider } = given();
    const { customerId, customerRef } = await newCustomer(given());
    const method = await saveMethod(given(), { customerId, customerRef });
    const saved = {
      customerRef: method.customerRef,
      paymentMethodId: method.ref,
      confirm: true,
      offSession: true,
    };
    const paid = await provider.create(requestOf(saved), call());
    expect(paid.status).toBe(provider.capabilities.savedMethods ? 'succeeded' : 'requires_action');
  });

  it('shows, changes and deletes a customer, where it keeps more of one than the methods', async () => {
    const { customers: adapter } = given().provider;
    const { customerId, customerRef } = await newCustomer(given());
    const method = await saveMethod(given(), { customerId, customerRef });
    const ref = method.customerRef ?? '';
    // One without a name before its first method is nothing but its methods.
    const matches = (members: object) =>
      customerRef === undefined ? undefined : expect.objectContaining({ ref, ...members });
    const known = { status: 'active', customerId };
    const before = await adapter.retrieve(ref, call());
    expect(before).toEqual(matches({ ...known, email: 'buyer@example.com', name: 'B. Buyer' }));
    const changes = { email: 'new@example.com', name: null, metadata: { tier: null, shop: 'x' } };
    const key = randomUUID();
    const changed = await adapter.update({ ref, ...changes }, call(key));
    expect(changed).toEqual(matches({ ...known, email: 'new@example.com' }));
    expect(changed?.name).toBeUndefined();
    expect(await adapter.update({ ref, ...changes }, call(key))).toEqual(changed);
    expect(await adapter.retrieve(ref, call())).toEqual(changed);
    const deletion = { ref, cancelSubscriptions: false };
    await adapter.delete(deletion, call());
    await adapter.delete(deletion, call());
    expect((await adapter.retrieve(ref, call()))?.status).toBe(
      customerRef === undefined ? undefined : 'deleted',
    );
    expect(await adapter.retrieveMethod(method.ref, call())).toMatchObject({ status: 'detached' });
  });

  it('knows no customer that never was', async () => {
    const { customerRef } = await newCustomer(given());
    const { customers: adapter } = given().direct;
    const retrieval = adapter.retrieve('nothing', call());
    if (customerRef === undefined) expect(await retrieval).toBeUndefined();
    else await expect(retrieval).rejects.toMatchObject({ details: { class: 'invalid', missing: true } });
  });

  it('refuses a method that there is not', async () => {
    const { customerId, customerRef } = await newCustomer(given());
    const request = { customerId, customerRef, token: 'pm_nothing' };
    await failsAs(given().direct.customers.attach(request, call()), 'invalid');
  });

  it('never changes anything without a key', async () => {
    const { customers: adapter } = given().provider;
    const keyless = { budgetMs: 5_000 };
    const attaching = { customerId: 'cus_1', customerRef: 'x', token: 'y' };
    await expect(async () => adapter.attach(attaching, keyless)).rejects.toThrow(TypeError);
    await expect(async () => adapter.detach('x', keyless)).rejects.toThrow(TypeError);
    const deletion = { ref: 'x', cancelSubscriptions: false };
    await expect(async () => adapter.delete(deletion, keyless)).rejects.toThrow(TypeError);
  });
};
