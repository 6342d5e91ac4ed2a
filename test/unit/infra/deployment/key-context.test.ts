import { describe, expect, it } from 'vitest';
import { deploymentOf } from '#infra/deployment/context.ts';

const ARN = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

function keyOf(context: Readonly<Record<string, unknown>>, account = {}) {
  const { createsKey, keyArn, encryptsWithKey } = deploymentOf((key) => context[key], account);
  return { createsKey, keyArn, encryptsWithKey };
}

describe('the context kms.key', () => {
  it('is absent for keys of AWS', () => {
    expect(keyOf({})).toEqual({ createsKey: false, keyArn: undefined, encryptsWithKey: false });
  });

  it('has the platform create one, or names one of the operator', () => {
    expect(keyOf({ 'kms.key': 'customer' })).toEqual({
      createsKey: true,
      keyArn: undefined,
      encryptsWithKey: true,
    });
    const own = { createsKey: false, keyArn: ARN, encryptsWithKey: true };
    expect(keyOf({ 'kms.key': ARN })).toEqual(own);
    expect(keyOf({ kms: { key: ARN } })).toEqual(own);
    const multiRegion = `arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-${'0a'.repeat(16)}`;
    expect(keyOf({ 'kms.key': multiRegion }).keyArn).toBe(multiRegion);
  });

  it.each([
    '',
    'yes',
    true,
    'alias/anineeplus',
    'arn:aws:kms:eu-central-1:123456789012:alias/anineeplus',
    '1234abcd-12ab-34cd-56ef-1234567890ab',
    'arn:aws:kms:eu-central-1:123456789012:key/*',
    `${ARN}0`,
    [ARN],
  ])('refuses %j with a stable code', (given) => {
    expect(() => keyOf({ 'kms.key': given })).toThrow(/^kms-key-invalid: .*-c kms\.key=arn:aws:kms/s);
  });

  it('refuses a key of another region or account than the deployment has, where that is known', () => {
    const here = { region: 'eu-central-1', accountId: '123456789012' };
    expect(keyOf({ 'kms.key': ARN }, here).keyArn).toBe(ARN);
    expect(() => keyOf({ 'kms.key': ARN }, { ...here, region: 'eu-west-1' })).toThrow(
      /^kms-key-elsewhere: .* is in the region eu-central-1, and the deployment in eu-west-1/,
    );
    expect(() => keyOf({ 'kms.key': ARN }, { ...here, accountId: '000000000000' })).toThrow(
      /^kms-key-elsewhere: .* is in the account 123456789012, and the deployment in 000000000000/,
    );
  });
});

describe('the context kms.encrypt', () => {
  it('keeps everything under keys of AWS while roles may use the key', () => {
    expect(keyOf({ 'kms.key': ARN, 'kms.encrypt': 'none' })).toMatchObject({
      keyArn: ARN,
      encryptsWithKey: false,
    });
    expect(keyOf({ kms: { key: 'customer', encrypt: 'none' } })).toMatchObject({
      createsKey: true,
      encryptsWithKey: false,
    });
  });

  it.each([
    [{ 'kms.encrypt': 'none' }],
    [{ 'kms.key': 'customer', 'kms.encrypt': 'all' }],
    [{ 'kms.key': 'customer', 'kms.encrypt': false }],
  ])('refuses %j', (context) => {
    expect(() => keyOf(context)).toThrow(/^kms-encrypt-invalid: /);
  });
});
