import * as z from 'zod/mini';
import type { ConfigMigrations } from '#runtime/contract/plugin.ts';
import { secret } from '#runtime/schema/secret.ts';

const count = z.int().check(z.gte(1));
const DEFAULT_EARNING = { minorUnitsPerPoint: 100 };

export const config = z.strictObject({
  earning: z._default(
    z.strictObject({
      /** So many minor units of any currency earn a point. */
      minorUnitsPerPoint: z._default(count, DEFAULT_EARNING.minorUnitsPerPoint),
    }),
    DEFAULT_EARNING,
  ),
  voucher: z._default(
    z.strictObject({
      /** Signs vouchers; nothing can be redeemed without it. */
      signingKey: z.optional(secret(z.string().check(z.minLength(32, 'must be 32 characters or more')))),
    }),
    {},
  ),
  /** How long single entries stay readable after their month. */
  keepMonths: z._default(count, 13),
});
export type Config = z.output<typeof config>;

/** Version 1 said how many points 100 minor units earn, and had the key at the top. */
export const migrations: ConfigMigrations = {
  1: ({ pointsPerHundred, signingKey, ...rest }) => ({
    ...rest,
    ...(typeof pointsPerHundred === 'number' && {
      earning: { minorUnitsPerPoint: Math.max(1, Math.round(100 / pointsPerHundred)) },
    }),
    ...(signingKey !== undefined && { voucher: { signingKey } }),
  }),
};
