/**
 * What became of an event. `ignored`: it is about nothing of ours, or was given up. `foreign`: it is another
 * deployment's, and nothing is kept of it.
 */
export type Applied = 'processed' | 'duplicate' | 'ignored' | 'foreign';
