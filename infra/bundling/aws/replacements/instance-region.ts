/** Never a region: a function does not run on an EC2 instance of its own. */
export const getInstanceMetadataRegion = (): Promise<undefined> => Promise.resolve(undefined);
