import { scheduleHandler } from '#runtime/adapters/schedule.ts';
import { plugin } from '../plugin.ts';
import { due, gaps, ledger } from '../reconciliation/schedules.ts';

export const handler = scheduleHandler(plugin, { due, gaps, ledger });
