import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { TableResource } from '../resources/dynamodb.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** A record as the engine's GetRecords gives it. */
export interface RawRecord {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion?: string;
  readonly userIdentity?: Readonly<Record<string, string>>;
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Attributes;
    readonly NewImage?: Attributes;
    readonly OldImage?: Attributes;
    readonly SizeBytes?: number;
  };
}

/** A record as Lambda passes it to functions. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: RawRecord['eventName'];
  readonly eventVersion: string;
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: RawRecord['dynamodb'] & { readonly StreamViewType: string };
  readonly eventSourceARN: string;
  readonly userIdentity?: { readonly type: string; readonly principalId: string };
}

/** Both forms of a record: the engine's number for positions, Lambda's record for functions. */
export interface Delivery {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly createdAtMs: number;
  readonly record: StreamRecord;
}

/** DynamoDB's numbers have at least 21 digits, and functions compare them as text. */
const sequenceDigits = 21;

/** DynamoDB puts no record on the stream for a write that changed nothing; the engine does. */
export function changedSomething(raw: RawRecord): boolean {
  const { NewImage, OldImage } = raw.dynamodb;
  return raw.eventName !== 'MODIFY' || OldImage === undefined || !isDeepStrictEqual(NewImage, OldImage);
}

/** Rewrites the engine's record as AWS would have written it: unique id, real region and ARN, the declared view. */
export function deliveryOf(
  raw: RawRecord,
  shardId: string,
  engineStreamArn: string,
  table: TableResource,
  region: string,
): Delivery {
  const view = table.streamView ?? 'NEW_AND_OLD_IMAGES';
  const { NewImage, OldImage, ...rest } = raw.dynamodb;
  const id = createHash('sha256')
    .update(`${engineStreamArn}/${shardId}/${rest.SequenceNumber}`)
    .digest('hex');
  const identity = raw.userIdentity;
  return {
    shardId,
    sequenceNumber: rest.SequenceNumber,
    createdAtMs: rest.ApproximateCreationDateTime * 1000,
    record: {
      eventID: id.slice(0, 32),
      eventName: raw.eventName,
      eventVersion: raw.eventVersion ?? '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: region,
      dynamodb: {
        ...rest,
        SequenceNumber: rest.SequenceNumber.padStart(sequenceDigits, '0'),
        StreamViewType: view,
        ...(NewImage && view.startsWith('NEW') && { NewImage }),
        ...(OldImage && view.endsWith('OLD_IMAGES') && { OldImage }),
        ...(OldImage && view === 'OLD_IMAGE' && { OldImage }),
      },
      eventSourceARN: table.streamArn ?? '',
      ...(identity && {
        userIdentity: {
          type: identity['type'] ?? identity['Type'] ?? '',
          principalId: identity['principalId'] ?? identity['PrincipalId'] ?? '',
        },
      }),
    },
  };
}
