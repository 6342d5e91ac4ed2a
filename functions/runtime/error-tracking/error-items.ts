/** Items of the table of errors: each plugin has a partition. */
export const errorsPartition = (plugin: string): string => `PLUGIN#${plugin}`;
export const GROUP_PREFIX = 'GROUP#';
/** Items that the relay publishes. */
export const OUTBOX_PREFIX = 'EVT#';

export const groupKey = (plugin: string, fingerprint: string) => ({
  PK: errorsPartition(plugin),
  SK: `${GROUP_PREFIX}${fingerprint}`,
});

export const errorOutboxKey = (plugin: string, group: string, sequence: number) => ({
  PK: errorsPartition(plugin),
  SK: `${OUTBOX_PREFIX}${group}#${sequence}`,
});

/** Counts the new groups of a UTC day. */
export const newGroupsKey = (plugin: string, day: string) => ({
  PK: errorsPartition(plugin),
  SK: `NEW#${day}`,
});

/** `ignored`: is counted, and never reported again. */
export const errorStatuses = ['open', 'resolved', 'ignored'] as const;
export type ErrorStatus = (typeof errorStatuses)[number];
