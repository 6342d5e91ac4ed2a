import * as z from 'zod/mini';
import type { Core } from '../core.ts';
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
export function faultControls(core: Core): readonly Control[] {
  const path = /^\/__sandbox\/faults$/;
  const list = () => ({ faults: core.store.all('fault').map(({ value }) => value) });
  const add = ({ body }: ControlInput) => {
    const parsed = parseControl(faultsSchema, body);
    core.store.transaction(() => {
      for (const fault of [parsed].flat()) core.store.put('fault', recordId('fault'), fault);
    });
    return list();
  };
  const clear = () => {
    core.store.trim('fault', 0);
    return list();
  };
  return [
    { method: 'POST', path, run: add },
    { method: 'GET', path, run: list },
    { method: 'DELETE', path, run: clear },
  ];
}
