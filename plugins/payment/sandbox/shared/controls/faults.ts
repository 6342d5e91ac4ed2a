import * as z from 'zod/mini';
import type { SandboxAccount } from '../account.ts';
import { recordId } from '../ids.ts';
import { type Control, controlAt, type ControlInput, parseControl } from './control.ts';

const DELAY_MAX_MS = 600_000;

/** A wait that a tester orders. */
export const delayMs = z.int().check(z.minimum(0), z.maximum(DELAY_MAX_MS));

const faultSchema = z
  .strictObject({
    method: z.optional(z.enum(['GET', 'POST', 'DELETE'])),
    path: z.optional(z.string()),
    times: z.optional(z.int().check(z.positive())),
    share: z.optional(z.number().check(z.positive(), z.maximum(1))),
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

/** One that strikes a share of all requests stays until it is deleted, any other strikes once, unless `times` is given. */
function bounded(fault: z.output<typeof faultSchema>): z.output<typeof faultSchema> {
  return fault.times === undefined && fault.share === undefined ? { ...fault, times: 1 } : fault;
}

/** `POST`, `GET` and `DELETE /__sandbox/faults`: adds behind those already there, lists those not used up, forgets. */
export function faultControls({ store }: SandboxAccount): readonly Control[] {
  const list = () => ({ faults: store.all('fault') });
  const add = ({ body }: ControlInput) => {
    const parsed = parseControl(faultsSchema, body);
    store.transaction(() => {
      for (const fault of [parsed].flat()) store.put('fault', recordId('fault'), bounded(fault));
    });
    return list();
  };
  const clear = () => {
    store.trim('fault', 0);
    return list();
  };
  return [
    controlAt('POST', 'faults', add),
    controlAt('GET', 'faults', list),
    controlAt('DELETE', 'faults', clear),
  ];
}
