import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createSecretStore,
  CURRENT,
  PENDING,
  type SecretStore,
} from '../../../../../functions/platform/config/secret-store.ts';
import { startSystem, type System } from '../aws-endpoint/fixture.ts';

let system: System;
let store: SecretStore;

/** The store, on the local Secrets Manager over HTTP, with the rights of a function. */
const storeOf = (functionName?: string) => {
  const client = new SecretsManager(system.client(functionName));
  return createSecretStore({ client: () => client, prefix: 'app/' });
};

beforeEach(async () => {
  system = await startSystem();
  store = storeOf();
});
afterEach(() => system.stop());

const document = (n: number) => ({ configVersion: 1, values: { n } });
const inForce = async () => (await store.inForce('payment')).document.values;

describe('the secrets of configurations', () => {
  it('begin with an empty document in force', async () => {
    const { version, document: first } = await store.inForce('payment');
    expect(first).toEqual({ configVersion: 1, values: {} });
    expect(version).toMatchObject({ stages: [CURRENT], createdAt: expect.any(Date) });
    expect(await store.versions('payment')).toEqual([version]);
  });

  it('take a document that is not in force until the label moves', async () => {
    const [first] = await store.versions('payment');
    const staged = await store.stage('payment', document(2));
    expect(await inForce()).toEqual({});
    expect(await store.read('payment', staged)).toEqual(document(2));
    expect(await store.move('payment', CURRENT, { from: first?.id, to: staged })).toBe(true);
    expect(await inForce()).toEqual({ n: 2 });
    expect(await store.versions('payment')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: staged, stages: expect.arrayContaining([CURRENT, PENDING]) }),
        expect.objectContaining({ id: first?.id, stages: ['AWSPREVIOUS'] }),
      ]),
    );
  });

  it('leave a label where another writer has moved it', async () => {
    const [first] = await store.versions('payment');
    const [mine, theirs] = [
      await store.stage('payment', document(2)),
      await store.stage('payment', document(3)),
    ];
    expect(await store.move('payment', CURRENT, { from: first?.id, to: theirs })).toBe(true);
    expect(await store.move('payment', CURRENT, { from: first?.id, to: mine })).toBe(false);
    expect(await inForce()).toEqual({ n: 3 });
  });

  it('lose a version from the list when it has no label any more', async () => {
    const staged = await store.stage('payment', document(2));
    expect(await store.move('payment', 'cfg-2', { to: staged })).toBe(true);
    expect(await store.move('payment', PENDING, { from: staged })).toBe(true);
    expect(await store.versions('payment')).toContainEqual(
      expect.objectContaining({ id: staged, stages: ['cfg-2'] }),
    );
    await store.move('payment', 'cfg-2', { from: staged });
    expect((await store.versions('payment')).map(({ id }) => id)).not.toContain(staged);
  });

  it('refuse what is no document, without quoting it', async () => {
    const staged = await store.stage('payment', { configVersion: 0, values: { key: 'sk_secret' } });
    const error: unknown = await store.read('payment', staged).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ConfigError' });
    expect(String(error)).not.toContain('sk_secret');
  });

  it('are shut to a role without the permission, for every call', async () => {
    const denied = storeOf('app-reader');
    for (const call of [
      () => denied.versions('payment'),
      () => denied.read('payment', 'v'),
      () => denied.inForce('payment'),
      () => denied.stage('payment', document(2)),
      () => denied.move('payment', CURRENT, { from: 'a', to: 'b' }),
    ])
      await expect(call()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(await inForce()).toEqual({});
  });

  it('are not found under another name', async () => {
    await expect(store.inForce('nope')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
