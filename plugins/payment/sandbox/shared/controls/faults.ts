import * as z from 'zod/mini';
import type { SandboxAccount } from '../account.ts';
import { recordId } from '../ids.ts';
import type { Control, ControlInput } from './control.ts';
import { parseControl } from './control.ts';
import { delayMs } from './duration.ts';

const faultSchema = z
  .strictObject({
    method: z.optional(z.enum(['GET', 'POST', 'DELETE'])),
    path: z.optional(z.string()),
    times: z._default(z.int().check(z.positive()), 1),
    status: z.optional(z.int().check(z.minimum(200), z.maximum(599))),
    body: z.optional(z.unknown()),
    headers: z.optional(z.record(z.string(), z.string())),
    delayMs: z._default(delayMs, 0),
    reset: z._default(z.boolean(), false),
    after: z._default(z.boolean(), false),
  })
  .check(
    z.refine(
      (fault) => fault.after || fault.reset || fault.delayMs > 0 || fault.status !== undefined,
      'a fault needs status, reset, after or delayMs',
    ),
  );
const faultsSchema = z.union([z.array(faultSchema), faultSchema]);

/** `POST`, `GET` and `DELETE /__sandbox/faults`: adds behind those already there, lists those not used up, forgets. */
export function faultControls(account: SandboxAccount): readonly Control[] {
  const path = /^\/__sandbox\/faults$/;
  const list = () => ({ faults: account.store.all('fault').map(({ value }) => value) });
  const add = ({ body }: ControlInput) => {
    const parsed = parseControl(faultsSchema, body);
    account.store.transaction(() => {
      for (const fault of [parsed].flat()) account.store.put('fault', recordId('fault'), fault);
    });
    return list();
  };
  const clear = () => {
    account.store.trim('fault', 0);
    return list();
  };
  return [
    { method: 'POST', path, run: add },
    { method: 'GET', path, run: list },
    { method: 'DELETE', path, run: clear },
  ];
}
