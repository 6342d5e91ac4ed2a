import { documentClient } from '#runtime/aws/documents.ts';
import { createCaller } from '#runtime/call.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { createInbox } from '#runtime/inbox/inbox.ts';
import { config, migrations } from './config.ts';
import manifest from './plugin.json' with { type: 'json' };
import type { Services } from './services.ts';
import { createPointStore } from './store/points.ts';
import { createVouchers } from './vouchers.ts';

export const plugin = definePlugin({
  manifest,
  config,
  migrations,
  initialize({ earning, voucher, keepMonths }, { table, now }): Services {
    const store = { client: documentClient(), table: table('points'), now };
    return {
      points: createPointStore({ ...store, keepMonths }),
      earned: createInbox({ ...store, consumer: 'earned' }),
      refunded: createInbox({ ...store, consumer: 'refunded' }),
      vouchers: createVouchers(voucher.signingKey),
      plugins: createCaller(),
      minorUnitsPerPoint: earning.minorUnitsPerPoint,
      now,
    };
  },
  // A key that cannot sign must not replace one that can.
  onLoad({ vouchers }) {
    if (vouchers.isEnabled) vouchers.codeFor('check');
  },
  onUnload: ({ vouchers }) => vouchers.forget(),
  health: ({ vouchers }) => ({
    status: 'healthy',
    checks: {
      vouchers: vouchers.isEnabled
        ? { status: 'healthy' }
        : { status: 'unloaded', reason: 'voucher.signingKey is not configured' },
    },
  }),
});
