import * as z from 'zod/mini';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import type { Services } from '../services.ts';

const input = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(50)),
});

export const greeting = z.object({ text: z.string(), at: z.iso.datetime() });
greeting.register(z.globalRegistry, { id: 'MyPluginGreeting' });

/** @param hour of the day in UTC, from 0 */
function wordsFor(hour: number): string {
  if (hour < 12) return 'Good morning';
  return hour < 18 ? 'Good afternoon' : 'Good evening';
}

export const greet = operation({
  summary: 'Greets somebody',
  input,
  output: greeting,
  errors: {},
  idempotency: 'none',
  async run({ input: { name }, services }: OperationContext<z.output<typeof input>, Services>) {
    const now = services.now();
    return { text: `${wordsFor(now.getUTCHours())}, ${name}!`, at: now.toISOString() };
  },
});
