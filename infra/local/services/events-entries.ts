import { isObject, type JsonObject, parseJson } from '../json.ts';
import type { Assembly } from '../resources/assembly.ts';
import { ServiceError } from './reply.ts';

/** An entry of a PutEvents request. */
export interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  readonly Time?: number | string;
}

/** The result of an entry that is refused, in EventBridge's words. */
interface EntryFailure {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

const entriesMax = 10;
const requestBytesMax = 256 * 1024;

/** The entries of a PutEvents request. @throws ServiceError when the whole request is refused */
export function entriesOf(input: JsonObject): readonly Entry[] {
  const entries = input['Entries'];
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > entriesMax) {
    const bound =
      Array.isArray(entries) && entries.length > 0
        ? `less than or equal to ${entriesMax}`
        : 'greater than or equal to 1';
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  const bytes = (entries as readonly Entry[]).reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes > requestBytesMax) {
    throw new ServiceError(
      'ValidationException',
      'Total size of the entries in the request is over the limit.',
    );
  }
  return entries as readonly Entry[];
}

/** As EventBridge's guide counts: 14 bytes for the time, and the UTF-8 bytes of what else is given. */
function entryBytes(entry: Entry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
  return bytes + (entry.Time === undefined ? 0 : 14);
}

/** Why one entry is not taken; the others of the request are. */
export function entryFailure(entry: Entry, assembly: Assembly): EntryFailure | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (typeof entry[name] !== 'string' || entry[name] === '') {
      return failure(
        'InvalidArgument',
        `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      );
    }
  }
  if (!isObject(parseJson(entry.Detail ?? ''))) return failure('MalformedDetail', 'Detail is malformed.');
  if (entry.Source?.startsWith('aws.')) {
    return failure('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  const bus = entry.EventBusName ?? 'default';
  if (bus !== 'default' && !assembly.buses.some(({ name, arn }) => bus === name || bus === arn)) {
    return failure('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
  }
  return undefined;
}

const failure = (ErrorCode: string, ErrorMessage: string): EntryFailure => ({ ErrorCode, ErrorMessage });
