import type { InvokeResult } from '../types.ts';

/**
 * Which items of a batch failed, by Lambda's reading of the answer: all of them when the function failed or named an
 * item that is not in the batch, none when it named none.
 */
export function failedItems(
  result: InvokeResult,
  ids: readonly string[],
  reportsItems: boolean,
): readonly string[] {
  if (result.functionError !== undefined) return ids;
  if (!reportsItems) return [];
  const failures = failuresOf(result.payload);
  if (failures === undefined) return ids;
  const named = failures.map((failure) => (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  return named.every((id) => typeof id === 'string' && ids.includes(id)) ? (named as string[]) : ids;
}

/** Undefined when the answer is not understood. An answer without the list is a success. */
function failuresOf(payload: Buffer): readonly unknown[] | undefined {
  if (payload.length === 0) return [];
  try {
    const answer = JSON.parse(payload.toString()) as { batchItemFailures?: unknown } | null;
    const failures = answer?.batchItemFailures ?? [];
    return Array.isArray(failures) ? failures : undefined;
  } catch {
    return undefined;
  }
}
