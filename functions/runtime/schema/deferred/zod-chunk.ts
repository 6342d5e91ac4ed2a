/** A file of its own in every bundle; with `loadZod` in it, what loads that file stands beside it. */
export { loadZod } from './load-zod.ts';
export * from './real-zod.ts';
