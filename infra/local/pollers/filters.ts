import { compilePattern } from '../events/pattern.ts';
import type { EventSourceMappingResource } from '../resources/lambda.ts';

/** Whether a record passes the mapping's FilterCriteria: any of its patterns, or all records when it has none. */
export function recordFilterOf(mapping: EventSourceMappingResource): (record: unknown) => boolean {
  const patterns = mapping.filters.map((filter) => compilePattern(filter));
  return (record) => patterns.length === 0 || patterns.some((matches) => matches(record));
}
