import { relayHandler } from '#runtime/adapters/stream.ts';

export const handler = relayHandler();
