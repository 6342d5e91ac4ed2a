import { parseJson } from '../json.ts';
import type { Terminal } from '../types.ts';

const QUIET = new Set(['DEBUG', 'INFO', 'TRACE']);

/** Members of a structured log line that are left out on the terminal. */
const NOISE = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'sampling_rate',
  'xray_trace_id',
]);

/** Shows one line of a function's output: structured ones compactly and from warnings up, all when verbose. */
export function showLogLine(terminal: Terminal, label: string, line: string, verbose: boolean): void {
  const entry = parseEntry(line);
  const level = typeof entry?.level === 'string' ? entry.level.toUpperCase() : undefined;
  if (!verbose && (line === '' || isMetrics(entry) || (level !== undefined && QUIET.has(level)))) return;
  const text = `${label}  ${entry === undefined || level === undefined ? line : compact(entry, level)}`;
  if (level === 'ERROR' || level === 'CRITICAL' || level === 'FATAL') terminal.error(text);
  else if (level === 'WARN') terminal.warn(text);
  else terminal.info(text);
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  return line.startsWith('{') ? (parseJson(line) as Record<string, unknown> | undefined) : undefined;
}

/** Embedded metrics are written as log lines; they are for CloudWatch. */
function isMetrics(entry: Record<string, unknown> | undefined): boolean {
  return entry !== undefined && '_aws' in entry;
}

function compact(entry: Record<string, unknown>, level: string): string {
  const rest = Object.entries(entry).filter(([name]) => !NOISE.has(name));
  const details = rest.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(rest.map(shorten)))}`;
  return `${level} ${String(entry.message)}${details}`;
}

function shorten([name, value]: [string, unknown]): [string, unknown] {
  const isError = typeof value === 'object' && value !== null && 'stack' in value;
  return isError ? [name, { ...value, stack: undefined }] : [name, value];
}
