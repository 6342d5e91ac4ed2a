import { scheduleHandler } from '#runtime/adapters/schedule.ts';
import { configBackups } from './backup/definition.ts';
import { backup } from './backup/schedule.ts';

export const handler = scheduleHandler(configBackups(new URL('data/', import.meta.url)), { backup });
