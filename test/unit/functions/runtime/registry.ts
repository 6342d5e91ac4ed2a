import type { DocumentClient } from '#runtime/aws/document-types.ts';

/** A registry table in which every plugin is unloaded. */
export const unloadedDocuments = (): Pick<DocumentClient, 'get'> => ({
  get: async () => ({ Item: { state: 'unloaded', version: 1 } }),
});
