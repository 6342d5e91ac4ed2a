import * as realZod from './real-zod.ts';

/** Zod itself. In a bundle this module is replaced by one that loads it from its own file at the first call. */
export const loadZod = (): typeof realZod => realZod;
