import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSystem, type System } from '../aws-endpoint/fixture.ts';

let system: System;
let client: SecretsManagerClient;
const SecretId = 'app/payment';

beforeEach(async () => {
  system = await startSystem();
  client = new SecretsManagerClient(system.client());
});
afterEach(() => system.stop());

const value = (VersionStage?: string, VersionId?: string) =>
  client.send(new GetSecretValueCommand({ SecretId, VersionStage, VersionId }));
const put = (SecretString: string, VersionStages?: string[], ClientRequestToken?: string) =>
  client.send(new PutSecretValueCommand({ SecretId, SecretString, VersionStages, ClientRequestToken }));

describe('Secrets Manager', () => {
  it('starts with the value of the template, found by name, ARN and ARN without its ending', async () => {
    const first = await value();
    expect(first).toMatchObject({ SecretString: '{"configVersion":1}', VersionStages: ['AWSCURRENT'] });
    expect(first.CreatedDate).toBeInstanceOf(Date);
    for (const id of [first.ARN, first.ARN?.slice(0, -7)]) {
      const again = await client.send(new GetSecretValueCommand({ SecretId: id }));
      expect(again.VersionId).toBe(first.VersionId);
    }
  });

  it('makes a new value the current one, and the former the previous one', async () => {
    const first = await value();
    const second = await put('two');
    expect(second.VersionStages).toEqual(['AWSCURRENT']);
    expect((await value()).SecretString).toBe('two');
    expect((await value('AWSPREVIOUS')).VersionId).toBe(first.VersionId);
    await put('three');
    expect((await value('AWSPREVIOUS')).SecretString).toBe('two');
    const named = { SecretId, IncludeDeprecated: true };
    expect((await client.send(new ListSecretVersionIdsCommand(named))).Versions).toHaveLength(3);
    expect((await client.send(new ListSecretVersionIdsCommand({ SecretId }))).Versions).toHaveLength(2);
  });

  it('rotates: a pending version becomes current when its stage is moved, naming the holder', async () => {
    const first = await value();
    const pending = await put('new', ['AWSPENDING']);
    expect((await value()).VersionId).toBe(first.VersionId);
    expect((await value('AWSPENDING')).SecretString).toBe('new');
    const move = { SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: pending.VersionId };
    await expect(client.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await client.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: first.VersionId }));
    const described = await client.send(new DescribeSecretCommand({ SecretId }));
    expect(described.VersionIdsToStages).toEqual({
      [String(first.VersionId)]: ['AWSPREVIOUS'],
      [String(pending.VersionId)]: expect.arrayContaining(['AWSPENDING', 'AWSCURRENT']),
    });
  });

  it('takes the same put twice, but no other value under the same token', async () => {
    const token = '00000000-0000-4000-8000-000000000001';
    await put('a', undefined, token);
    expect((await put('a', undefined, token)).VersionId).toBe(token);
    await expect(put('b', undefined, token)).rejects.toMatchObject({ name: 'ResourceExistsException' });
  });

  it('does not find what is not there', async () => {
    await expect(value('AWSPENDING')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'other' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const reader = new SecretsManagerClient(system.client('app-reader'));
    await expect(reader.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('secretsmanager:GetSecretValue'),
    });
  });
});
