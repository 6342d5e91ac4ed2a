import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type StoredItem = Readonly<Record<string, AttributeValue>>;

/** An index as the manifest declares it. */
export interface IndexRules {
  readonly partitionKey: string;
  readonly sortKey?: string | undefined;
  readonly projection?: 'ALL' | 'KEYS_ONLY' | 'INCLUDE' | undefined;
  readonly nonKeyAttributes?: readonly string[] | undefined;
}

const KILOBYTE = 1024;
const MAP_OVERHEAD = 3;
const ELEMENT_OVERHEAD = 1;

/**
 * The size of an item by DynamoDB's published rules, in bytes: names and values in UTF-8, a number about a byte per
 * two significant digits and one more, a map or list three bytes and one for each element.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export const itemBytes = (item: StoredItem): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + textBytes(name) + valueBytes(value), 0);

const textBytes = (text: string): number => Buffer.byteLength(text, 'utf8');

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return textBytes(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.L !== undefined)
    return value.L.reduce((sum, each) => sum + ELEMENT_OVERHEAD + valueBytes(each), MAP_OVERHEAD);
  if (value.M !== undefined)
    return itemBytes(value.M) + MAP_OVERHEAD + ELEMENT_OVERHEAD * Object.keys(value.M).length;
  if (value.NULL !== undefined || value.BOOL !== undefined) return 1;
  throw new TypeError(`No rule for ${JSON.stringify(value)}`);
}

function numberBytes(text: string): number {
  const digits = text.replace(/[-.]/g, '').replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

const started = (bytes: number): number => Math.max(1, Math.ceil(bytes / KILOBYTE));
const bytesOf = (item: StoredItem | undefined): number => (item === undefined ? 0 : itemBytes(item));

/** The units of one item: every started KB of the larger of the item before and after; twice in a transaction. */
export const tableUnits = (
  before: StoredItem | undefined,
  after: StoredItem | undefined,
  inTransaction: boolean,
): number => started(Math.max(bytesOf(before), bytesOf(after))) * (inTransaction ? 2 : 1);

/**
 * The units of an index for one write: none when the projected item stays as it is, one write when it appears, goes
 * or changes, and a deletion and a write when its key moves. A transaction does not double them, because indexes
 * follow after it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
 */
export function indexUnits(
  rules: IndexRules,
  tableKeys: readonly string[],
  before: StoredItem | undefined,
  after: StoredItem | undefined,
): number {
  const [was, is] = [projected(rules, tableKeys, before), projected(rules, tableKeys, after)];
  if (was === undefined || is === undefined)
    return was === is ? 0 : started(Math.max(bytesOf(was), bytesOf(is)));
  const moves = keyNames(rules).some((name) => was[name]?.S !== is[name]?.S);
  if (moves) return started(bytesOf(was)) + started(bytesOf(is));
  return sameItem(was, is) ? 0 : started(Math.max(bytesOf(was), bytesOf(is)));
}

const keyNames = ({ partitionKey, sortKey }: IndexRules): readonly string[] =>
  sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];

function projected(
  rules: IndexRules,
  tableKeys: readonly string[],
  item: StoredItem | undefined,
): StoredItem | undefined {
  const keys = keyNames(rules);
  if (item === undefined || keys.some((name) => item[name] === undefined)) return undefined;
  const { projection = 'ALL', nonKeyAttributes = [] } = rules;
  if (projection === 'ALL') return item;
  const names = [...tableKeys, ...keys, ...nonKeyAttributes];
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}

function sameItem(one: StoredItem, other: StoredItem): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length && names.every((name) => sameValue(one[name], other[name]))
  );
}

/** Whether two values are the same, whatever the order of the members of their maps. */
function sameValue(one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  if (one?.M !== undefined && other?.M !== undefined) return sameItem(one.M, other.M);
  if (one?.L !== undefined && other?.L !== undefined) {
    const { L: others } = other;
    return one.L.length === others.length && one.L.every((each, index) => sameValue(each, others[index]));
  }
  return JSON.stringify(one) === JSON.stringify(other);
}
