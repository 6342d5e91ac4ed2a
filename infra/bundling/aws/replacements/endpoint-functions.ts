import { isVirtualHostableS3Bucket, parseArn, partition } from '@aws-sdk/core/client';

/** What endpoint rules call; a client with rules registers it. */
export const awsEndpointFunctions = { isVirtualHostableS3Bucket, parseArn, partition };
