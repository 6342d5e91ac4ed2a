import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { SecretResource } from '../resources/secrets-manager.ts';
import type { SecretVersion, State } from '../state/types.ts';
import { optionalString, requiredString } from './members.ts';
import { jsonReply, ServiceError, unknownOperation } from './reply.ts';
import { moveStage } from './secret-stages.ts';
import type { AwsCall, AwsReply, ServiceContext } from './types.ts';

type Handler = (input: JsonObject, secret: SecretResource, state: State) => unknown;

const handlers: Readonly<Record<string, Handler>> = {
  GetSecretValue: getValue,
  DescribeSecret: describeSecret,
  PutSecretValue: putValue,
  UpdateSecretVersionStage: updateStage,
  ListSecretVersionIds: listVersions,
};

const seconds = (ms: number) => ms / 1000;
const valueBytesMax = 65_536;

/** Secrets Manager, for the secrets of the assembly. */
export async function secretsManager(call: AwsCall, context: ServiceContext): Promise<AwsReply> {
  const handler = handlers[call.operation];
  if (!handler) throw unknownOperation(call);
  const id = requiredString(call.input, 'SecretId');
  const secret = findSecret(context.assembly.current, id);
  if (!secret) throw notFound("Secrets Manager can't find the specified secret.");
  const { state } = context;
  return state.transaction(() => {
    ensureSecret(state, secret);
    return jsonReply(handler(call.input, secret, state));
  });
}

/** Finds a secret by name, ARN, or ARN without its random ending. */
export function findSecret(assembly: Assembly, id: string): SecretResource | undefined {
  return assembly.secrets.find(
    ({ name, arn }) =>
      id === name || id === arn || (id.startsWith('arn:') && arn.replace(/-[^-]{6}$/, '') === id),
  );
}

/** Gives a secret that has no value yet the first one of its template. */
export function ensureSecret(state: State, secret: SecretResource): void {
  if (!state.secrets.staged(secret.name)) state.secrets.put(secret.name, secret.initialValue);
}

function getValue(input: JsonObject, secret: SecretResource, state: State): unknown {
  const versionId = optionalString(input, 'VersionId');
  const stage = optionalString(input, 'VersionStage') ?? (versionId === undefined ? 'AWSCURRENT' : undefined);
  const version = state.secrets
    .versions(secret.name)
    .find(
      (candidate) =>
        (versionId === undefined || candidate.versionId === versionId) &&
        (stage === undefined || candidate.stages.includes(stage)),
    );
  if (!version) {
    const by = versionId === undefined ? `staging label: ${stage}` : `VersionId: ${versionId}`;
    throw notFound(`Secrets Manager can't find the specified secret value for ${by}`);
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.versionId,
    ...(version.text === undefined
      ? { SecretBinary: version.binary?.toString('base64') }
      : { SecretString: version.text }),
    VersionStages: version.stages,
    CreatedDate: seconds(version.createdAt),
  };
}

function describeSecret(_: JsonObject, secret: SecretResource, state: State): unknown {
  const versions = state.secrets.versions(secret.name);
  const dates = versions.map((version) => seconds(version.createdAt));
  return {
    ARN: secret.arn,
    Name: secret.name,
    CreatedDate: Math.min(...dates),
    LastChangedDate: Math.max(...dates),
    VersionIdsToStages: Object.fromEntries(
      versions.filter(({ stages }) => stages.length > 0).map(({ versionId, stages }) => [versionId, stages]),
    ),
  };
}

function putValue(input: JsonObject, secret: SecretResource, state: State): unknown {
  const text = optionalString(input, 'SecretString');
  const base64 = optionalString(input, 'SecretBinary');
  if ((text === undefined) === (base64 === undefined)) {
    throw new ServiceError(
      'InvalidRequestException',
      'You must provide either SecretString or SecretBinary.',
    );
  }
  const value = text === undefined ? { binary: Buffer.from(base64 ?? '', 'base64') } : { text };
  if ((value.binary ?? Buffer.from(text ?? '')).length > valueBytesMax) {
    throw new ServiceError('ValidationException', `The secret value is longer than ${valueBytesMax} bytes.`);
  }
  const versionId = optionalString(input, 'ClientRequestToken') ?? randomUUID();
  const asked = input['VersionStages'];
  const stages = Array.isArray(asked) ? asked.map(String) : ['AWSCURRENT'];
  const same = state.secrets.versions(secret.name).find((version) => version.versionId === versionId);
  if (same === undefined) {
    state.secrets.insert(secret.name, versionId, value);
    for (const stage of stages) moveStage(state.secrets, secret.name, stage, versionId);
  } else if (!sameValue(same, value)) {
    throw new ServiceError(
      'ResourceExistsException',
      `You can't change the value of a secret version that already exists: ${versionId}`,
    );
  }
  const stored = state.secrets.versions(secret.name).find((version) => version.versionId === versionId);
  return { ARN: secret.arn, Name: secret.name, VersionId: versionId, VersionStages: stored?.stages };
}

const sameValue = (
  version: SecretVersion,
  value: { readonly text?: string; readonly binary?: Buffer },
): boolean =>
  value.text === undefined
    ? version.binary?.equals(value.binary ?? Buffer.alloc(0)) === true
    : version.text === value.text;

function updateStage(input: JsonObject, secret: SecretResource, state: State): unknown {
  const stage = requiredString(input, 'VersionStage');
  const from = optionalString(input, 'RemoveFromVersionId');
  const to = optionalString(input, 'MoveToVersionId');
  const holder = state.secrets.staged(secret.name, stage);
  const known = new Set(state.secrets.versions(secret.name).map((version) => version.versionId));
  if (to !== undefined && !known.has(to))
    throw notFound(`Secrets Manager can't find the specified VersionId: ${to}`);
  if (holder && holder.versionId !== to && from !== holder.versionId) {
    throw new ServiceError(
      'InvalidParameterException',
      `RemoveFromVersionId must name version ${holder.versionId}, to which staging label ${stage} is attached.`,
    );
  }
  if (from !== undefined && holder?.versionId !== from) {
    throw new ServiceError(
      'InvalidParameterException',
      `Staging label ${stage} is not attached to version ${from}.`,
    );
  }
  if (to === undefined && stage === 'AWSCURRENT') {
    throw new ServiceError(
      'InvalidParameterException',
      'You can only move staging label AWSCURRENT, not remove it.',
    );
  }
  if (to === undefined) state.secrets.moveStage(secret.name, stage, undefined);
  else moveStage(state.secrets, secret.name, stage, to);
  return { ARN: secret.arn, Name: secret.name };
}

function listVersions(input: JsonObject, secret: SecretResource, state: State): unknown {
  const versions = state.secrets
    .versions(secret.name)
    .filter(({ stages }) => stages.length > 0 || input['IncludeDeprecated'] === true)
    .map(({ versionId, stages, createdAt }) => ({
      VersionId: versionId,
      ...(stages.length > 0 && { VersionStages: stages }),
      CreatedDate: seconds(createdAt),
    }));
  return { ARN: secret.arn, Name: secret.name, Versions: versions };
}

const notFound = (message: string) => new ServiceError('ResourceNotFoundException', message);
