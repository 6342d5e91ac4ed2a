import type { TableResource } from '../resources/dynamodb.ts';
import type { AssemblyRef, Terminal } from '../types.ts';
import { EngineError, type Engine } from './types.ts';

type Item = Record<string, { readonly N?: string }>;

interface Page {
  readonly Items?: readonly Item[];
  readonly LastEvaluatedKey?: Item;
}

// DynamoDB never expires what is more than five years past: a wrong unit would otherwise empty a table.
const oldestSeconds = 5 * 365 * 24 * 3600;

/**
 * Deletes the items whose TTL has passed; the engine never does by itself. Each delete holds only while the TTL
 * is still what was read, so an item that was prolonged meanwhile stays. @returns how many were deleted
 */
export async function sweepExpired(
  engine: Engine,
  tables: readonly TableResource[],
  nowMs: number = Date.now(),
): Promise<number> {
  let deleted = 0;
  for (const table of tables) {
    if (table.ttlAttribute === undefined) continue;
    deleted += await sweepTable(engine, table, table.ttlAttribute, Math.floor(nowMs / 1000));
  }
  return deleted;
}

async function sweepTable(engine: Engine, table: TableResource, ttl: string, now: number): Promise<number> {
  let deleted = 0;
  let from: Item | undefined;
  do {
    const page: Page = await engine.call<Page>('DynamoDB_20120810.Scan', {
      TableName: table.name,
      FilterExpression: '#ttl < :now AND #ttl > :oldest',
      ExpressionAttributeNames: { '#ttl': ttl },
      ExpressionAttributeValues: {
        ':now': { N: String(now) },
        ':oldest': { N: String(now - oldestSeconds) },
      },
      ...(from && { ExclusiveStartKey: from }),
    });
    for (const item of page.Items ?? []) if (await expire(engine, table, ttl, item)) deleted++;
    from = page.LastEvaluatedKey;
  } while (from);
  return deleted;
}

async function expire(engine: Engine, table: TableResource, ttl: string, item: Item): Promise<boolean> {
  const keys = [table.partitionKey.name, ...(table.sortKey ? [table.sortKey.name] : [])];
  try {
    await engine.call('DynamoDB_20120810.DeleteItem', {
      TableName: table.name,
      Key: Object.fromEntries(keys.map((key) => [key, item[key]])),
      ConditionExpression: '#ttl = :seen',
      ExpressionAttributeNames: { '#ttl': ttl },
      ExpressionAttributeValues: { ':seen': item[ttl] },
    });
    return true;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

/** Deletes expired items now and then. */
interface TtlSweep {
  /** Sweeps at once. @param nowMs the time to go by, e.g. of a test */
  sweep(nowMs?: number): Promise<number>;
  stop(): void;
}

/** Sweeps all tables of the assembly in force, now and then: AWS promises no more than "within days". */
export function startTtlSweep(options: {
  readonly assembly: AssemblyRef;
  readonly engine: Engine;
  readonly terminal: Terminal;
  readonly intervalMs?: number;
  /** The time to go by; wall time when left out. */
  readonly nowMs?: () => number;
}): TtlSweep {
  const sweep = (nowMs = options.nowMs?.()) =>
    sweepExpired(options.engine, options.assembly.current.tables, nowMs);
  const timer = setInterval(() => {
    sweep().catch((error: unknown) => options.terminal.warn(`TTL sweep failed: ${String(error)}`));
  }, options.intervalMs ?? 60_000);
  timer.unref();
  return { sweep, stop: () => clearInterval(timer) };
}
