import * as z from 'zod/mini';
import type { Control } from '../../shared/controls/control.ts';
import { ControlError, parseControl } from '../../shared/controls/control.ts';
import type { World } from '../world.ts';
import { approveSetup } from './approve.ts';
import { forget } from './payment-tokens.ts';
import { setupTokenView } from './view.ts';

const nothingSchema = z.strictObject({});

/** The payer allows an account to be saved, or takes that back. */
export function vaultControls(world: World): readonly Control[] {
  return [
    {
      method: 'POST',
      path: /^\/__sandbox\/setup-tokens\/(\w+)\/approve$/,
      run: ({ body, id }) => {
        parseControl(nothingSchema, body);
        const token = world.store.get('setupToken', id);
        if (!token) throw new ControlError(`there is no setup token ${id}`, 404);
        const done = approveSetup(world, token);
        if (!done) throw new ControlError(`${id} is ${token.status}; only one that waits can be approved`);
        const { redirect } = done;
        return { ...setupTokenView(world, done.token), ...(redirect === undefined ? {} : { redirect }) };
      },
    },
    {
      method: 'POST',
      path: /^\/__sandbox\/payment-tokens\/(\w+)\/delete$/,
      run: ({ body, id }) => {
        parseControl(nothingSchema, body);
        const token = world.store.get('paymentToken', id);
        if (!token) throw new ControlError(`there is no payment token ${id}`, 404);
        world.store.transaction(() => forget(world, token));
        return { id, deleted: true };
      },
    },
  ];
}
