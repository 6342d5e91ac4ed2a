import * as z from 'zod/mini';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import type { Services } from '../services.ts';

const input = z.strictObject({
  limit: z._default(z.int().check(z.gte(1), z.lte(100)), 12),
});

export const statement = z.object({
  month: z.string(),
  opening: z.int(),
  earned: z.int(),
  takenBack: z.int(),
  redeemed: z.int(),
  closing: z.int(),
});
statement.register(z.globalRegistry, { id: 'LoyaltyStatement' });

export const statementList = z.object({ statements: z.array(statement) });
statementList.register(z.globalRegistry, { id: 'LoyaltyStatementList' });

export const listStatements = operation({
  summary: 'The statements of the months that are over, newest first',
  input,
  output: statementList,
  errors: {},
  idempotency: 'none',
  run: async ({
    input: { limit },
    caller,
    services,
  }: OperationContext<z.output<typeof input>, Services>) => ({
    statements: [...(await services.points.statements(caller.tenant, limit))],
  }),
});
