/** A module of an AWS SDK package that functions get a shorter one for. */
export interface ReplacedModule {
  readonly package: string;
  /** File of the package that is replaced. */
  readonly file: string;
  /** What a function does not need of it. */
  readonly reason: string;
  /** The code in its place, with the same exports, or the one member of a JSON file that is kept. */
  readonly code: string;
}

/** A module whose replacement has the same exports. */
const from = (replacement: string, ...names: readonly string[]) =>
  `export { ${names.join(', ')} } from './replacements/${replacement}.ts';`;

/** Clients of the platform, and their services as endpoints name them. */
const CLIENTS = {
  '@aws-sdk/client-dynamodb': 'dynamodb',
  '@aws-sdk/client-eventbridge': 'events',
  '@aws-sdk/client-lambda': 'lambda',
  '@aws-sdk/client-secrets-manager': 'secretsmanager',
};

const ofClients = Object.entries(CLIENTS).flatMap(([name, service]): readonly ReplacedModule[] => [
  {
    package: name,
    file: 'dist-es/endpoint/endpointResolver.js',
    reason:
      'the engine for endpoint rules: the host follows from service and region, also with FIPS and dual stack',
    code: `import { resolverOf } from './replacements/endpoints.ts';
export const defaultEndpointResolver = /* @__PURE__ */ resolverOf('${service}');`,
  },
  {
    package: name,
    file: 'package.json',
    reason: 'everything but the version, which is all that is read',
    code: 'version',
  },
]);

/**
 * What the bundle of every function replaces in the AWS SDK and in Powertools. A replacement behaves as the original does in the
 * environment of a Lambda function. What a plugin's own client needs beyond that it still has: only the default chain of
 * credentials is shortened, not the providers that code names.
 */
export const replacedModules: readonly ReplacedModule[] = [
  ...ofClients,
  {
    package: '@aws-sdk/credential-provider-node',
    file: 'dist-es/defaultProvider.js',
    reason:
      'credentials from anywhere but the environment: SSO, profiles, processes, web identities, containers, EC2',
    code: from('credentials', 'defaultProvider', 'credentialsWillNeedRefresh', 'credentialsTreatedAsExpired'),
  },
  {
    package: '@smithy/core',
    file: 'dist-es/submodules/config/node-config-provider/fromSharedConfigFiles.js',
    reason: 'settings in ~/.aws/config and ~/.aws/credentials: the code of a function holds no such files',
    code: from('config-files', 'fromSharedConfigFiles'),
  },
  {
    package: '@smithy/core',
    file: 'dist-es/submodules/config/defaults-mode/resolveDefaultsModeConfig.js',
    reason: "the region from EC2's instance metadata: a function has it in AWS_REGION",
    code: from('defaults-mode', 'resolveDefaultsModeConfig'),
  },
  {
    package: '@aws-sdk/core',
    file: 'dist-es/submodules/client/middleware-user-agent/user-agent-middleware.js',
    reason: 'the list of features that each call uses: the user agent is written once for each client',
    code: from('user-agent', 'userAgentMiddleware', 'getUserAgentMiddlewareOptions', 'getUserAgentPlugin'),
  },
  {
    package: '@aws-sdk/core',
    file: 'dist-es/submodules/client/middleware-logger/loggerMiddleware.js',
    reason: 'copies of input and output for a logger that drops them',
    code: from('logger', 'loggerMiddleware', 'loggerMiddlewareOptions', 'getLoggerPlugin'),
  },
  {
    package: '@aws-sdk/endpoint-cache',
    file: 'dist-es/EndpointCache.js',
    reason: 'an LRU cache by mnemonist, where a Map does',
    code: from('endpoint-cache', 'EndpointCache'),
  },
  {
    package: '@aws-sdk/core',
    file: 'dist-es/submodules/client/util-endpoints/aws.js',
    reason:
      'the list of all regions, registered for rules that are not there; a client with rules registers it itself',
    code: from('endpoint-functions', 'awsEndpointFunctions'),
  },
  {
    package: '@smithy/core',
    file: 'dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js',
    reason: "the region from EC2's instance metadata, where AWS_REGION is missing",
    code: from('instance-region', 'getInstanceMetadataRegion'),
  },
  {
    package: '@smithy/core',
    file: 'dist-es/submodules/checksum/sha256/Sha256Node.js',
    reason: 'SHA-256 in JavaScript, for a Node.js without crypto, and the look at init whether this is one',
    code: `export { Sha256Node } from '#runtime/aws/sha256.ts';`,
  },
  {
    package: '@smithy/core',
    file: 'dist-es/submodules/checksum/crc32/Crc32Node.js',
    reason: 'zlib at init, and CRC-32 in JavaScript for a Node.js without it',
    code: from('crc32', 'Crc32Node'),
  },
  {
    package: '@aws-lambda-powertools/commons',
    file: 'lib/esm/InvocationScoped.js',
    reason:
      'a value for each of several invocations at once, and for that a look at the environment, 34 times in a call',
    code: from('invocation-scoped', 'InvocationScoped'),
  },
];
