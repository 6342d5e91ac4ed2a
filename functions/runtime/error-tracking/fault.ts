import { createHash } from 'node:crypto';
import { causes } from '../error-causes.ts';
import { redactText } from '../redact.ts';
import { thrownAt } from '../telemetry/thrown-at.ts';

/** A fault as the errors middleware sees it. */
export interface Fault {
  readonly operation: string;
  /** Of the problem that it became. */
  readonly code: string;
  readonly error: unknown;
  readonly requestId: string;
  readonly traceparent: string | undefined;
}

/** What faults of one group have in common. */
export interface FaultGroup {
  /** 20 hexadecimal digits. */
  readonly fingerprint: string;
  readonly operation: string;
  readonly code: string;
  /** Name of the innermost error. */
  readonly type: string;
  /** Its message, without what differs from one occurrence to the next. */
  readonly message: string;
  /** The file of the plugin where it was thrown; known only where source maps are, in the local runner. */
  readonly at?: string;
}

/** One occurrence of a group. */
export interface FaultSample {
  readonly requestId: string;
  readonly traceId?: string;
  readonly message: string;
  readonly stack?: string;
}

const FINGERPRINT_CHARS = 20;
const MESSAGE_CHARS_MAX = 300;
const STACK_CHARS_MAX = 2000;

/** Ids, numbers and quoted names, which would make each occurrence a group of its own. */
const VARIABLE = [
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '<id>'],
  [/"[^"]*"|'[^']*'|`[^`]*`/g, '<text>'],
  [/\b[a-z]{2,10}_\w{6,}\b/gi, '<id>'],
  [/\b(?=[a-z]*\d)[0-9a-z]{12,}\b/gi, '<id>'],
  [/\d+/g, '<n>'],
] as const;

/** A message without what differs between occurrences of one fault. */
export const normalizedMessage = (message: string): string =>
  VARIABLE.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), message);

/** The group of a fault, by where and why it happened, and what it says of this occurrence; without secrets. */
export function describeFault(
  { operation, code, error, requestId, traceparent }: Fault,
  { plugin, sourceFolder }: { readonly plugin: string; readonly sourceFolder: string | undefined },
): { readonly group: FaultGroup; readonly sample: FaultSample } {
  const root = causes(error).at(-1);
  const type = root instanceof Error ? root.name : 'unknown';
  const said = redactText(root instanceof Error ? root.message : String(error)).slice(0, MESSAGE_CHARS_MAX);
  const message = normalizedMessage(said);
  // Without the line, which moves with every change of the file.
  const at = thrownAt(error, sourceFolder)?.replace(/(?::\d+)+$/, '');
  const parts = [plugin, operation, code, type, message, at ?? ''];
  const fingerprint = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const stack = root instanceof Error && root.stack ? redactText(root.stack) : undefined;
  const traceId = traceparent?.split('-')[1];
  return {
    group: {
      fingerprint: fingerprint.slice(0, FINGERPRINT_CHARS),
      operation,
      code,
      type,
      message,
      ...(at !== undefined && { at }),
    },
    sample: {
      requestId,
      ...(traceId !== undefined && { traceId }),
      message: said,
      ...(stack !== undefined && { stack: stack.slice(0, STACK_CHARS_MAX) }),
    },
  };
}
