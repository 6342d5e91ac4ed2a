/**
 * The outcome of an event. `ignored`: it is not about an object of ours, or was parked. `foreign`: it belongs to
 * another deployment, and nothing is stored.
 */
export type Applied = 'processed' | 'duplicate' | 'ignored' | 'foreign';
