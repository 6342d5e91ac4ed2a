import { scheduleHandler } from '#runtime/adapters/schedule.ts';
import { plugin } from '../plugin.ts';
import { balances } from '../schedules/balances.ts';
import { statements } from '../schedules/statements.ts';

export const handler = scheduleHandler(plugin, { statements, balances });
