import * as z from 'zod';
import { ContextError } from './context-error.ts';

const email = z.email();
const url = z.url({ protocol: /^https$/ });

const receiverError = (given: unknown): ContextError =>
  new ContextError(
    'alarm-receiver-invalid',
    `${JSON.stringify(given)} in the context "alarms.email" or "alarms.url" is neither an ` +
      'e-mail address nor an https URL. Write them with commas between: -c alarms.email=ops@shop.example',
  );

/**
 * Reads who is told of alarms: `alarms.email` and `alarms.url`, each a text with commas or a list, also as
 * `alarms: { email, url }`.
 * @throws ContextError
 */
export function alarmReceiversOf(context: (key: string) => unknown): readonly string[] {
  const nested = (context('alarms') ?? {}) as { readonly email?: unknown; readonly url?: unknown };
  return [
    ...receiversIn(context('alarms.email') ?? nested.email, email),
    ...receiversIn(context('alarms.url') ?? nested.url, url),
  ];
}

function receiversIn(given: unknown, schema: z.ZodType<string>): readonly string[] {
  if (given === undefined) return [];
  const listed: unknown = typeof given === 'string' ? given.split(',').map((one) => one.trim()) : given;
  if (!Array.isArray(listed)) throw receiverError(given);
  const receivers = listed.filter((one) => one !== '');
  const wrong: unknown = receivers.find((one) => !schema.safeParse(one).success);
  if (wrong !== undefined) throw receiverError(wrong);
  return [...new Set(receivers as string[])];
}
