import { consoleHandler } from './console/handler.ts';

export const handler = consoleHandler(new URL('site/', import.meta.url));
