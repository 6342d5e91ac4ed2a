import * as z from 'zod/mini';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import type { Services } from '../services.ts';

export const loyaltyPoints = z.object({ points: z.int() });
loyaltyPoints.register(z.globalRegistry, { id: 'LoyaltyPoints' });

export const getPoints = operation({
  summary: 'The points of the caller’s tenant; below zero when it owes some',
  input: z.object({}),
  output: loyaltyPoints,
  errors: {},
  idempotency: 'none',
  run: async ({ caller, services }: OperationContext<unknown, Services>) => ({
    points: await services.points.balance(caller.tenant),
  }),
});
