import { deployCheckHandler } from './deploy-check/handler.ts';

export const handler = deployCheckHandler();
