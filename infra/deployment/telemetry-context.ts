import * as z from 'zod';
import { ContextError } from './context-error.ts';
import type { Deployment, Tracing } from './deployment.ts';

type Context = (key: string) => unknown;

const share = z.coerce.number().min(0).max(1);
const endpoint = z.union([z.literal('xray'), z.url({ protocol: /^https?$/ })]);

/** A value of the context. @throws ContextError that names it and what it may be */
function read<T>(context: Context, key: string, schema: z.ZodType<T>, allowed: string): T | undefined {
  const given = context(key);
  if (given === undefined) return undefined;
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ContextError(
    'context-invalid',
    `the context "${key}" is ${JSON.stringify(given)}: it must be ${allowed}`,
  );
}

/** Locally every trace is kept; elsewhere tracing is off until the context or a manifest turns it on. */
export function tracingOf(stage: string, context: Context): Tracing {
  const isLocal = stage === 'local';
  const wanted = read(context, 'tracing', z.enum(['on', 'off']), '"on" or "off"');
  return {
    isOn: wanted === undefined ? isLocal : wanted === 'on',
    endpoint:
      read(context, 'tracing.endpoint', endpoint, '"xray" or the URL of an OTLP/HTTP endpoint') ?? 'xray',
    ratio: read(context, 'tracing.ratio', share, 'a number from 0 to 1') ?? (isLocal ? 1 : 0.05),
  };
}

export const debugSampleRateOf = (context: Context): Deployment['debugSampleRate'] =>
  read(context, 'logs.debugSampleRate', share, 'a number from 0 to 1') ?? 0;
