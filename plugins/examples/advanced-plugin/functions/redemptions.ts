import { apiHandler } from '#runtime/adapters/api.ts';
import { redeemPoints } from '../operations/redeem-points.ts';
import { plugin } from '../plugin.ts';

export const handler = apiHandler(plugin, { redeemPoints });
