import type { Throttle } from '#infra/deployment/deployment.ts';

/** A throttle in a table or a sentence. */
export const throttleText = ({ rate, burst }: Throttle): string => `${rate}/s, burst ${burst}`;
