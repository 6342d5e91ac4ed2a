import * as z from 'zod';
import { observability } from './alarms.ts';
import { dependency } from './dependency.ts';
import { deploy } from './deploy.ts';
import { iamStatement } from './iam.ts';
import * as name from './names.ts';
import { permissionForms, permissionPattern } from './permissions.ts';
import { sandbox } from './sandbox.ts';
import { schedule } from './schedules.ts';
import { table } from './tables.ts';

const { integer, line, number, text } = name;

const parameterNames = (path: string) => path.match(/\{[^}]+\}/g) ?? [];

/** Bounded by what API Gateway gives an account in a region. */
const throttle = z.strictObject({
  rate: number(0.1, 10_000, 'Requests a second in the long run; all callers together.'),
  burst: integer(1, 5000, 'Requests at once, before the rate counts.'),
});

const http = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).describe('HTTP method.'),
  path: text(
    /^(\/([A-Za-z0-9._~-]+|\{[A-Za-z][A-Za-z0-9]*\}))+$/,
    'a path of plain segments and {parameters}, such as "/payments/{id}"',
    'Route below the API root; {parameters} become members of the input.',
  ).refine(
    (path) => new Set(parameterNames(path)).size === parameterNames(path).length,
    'each {parameter} once',
  ),
  throttle: throttle
    .optional()
    .describe(
      'Requests above it are refused with 429; as the deployment says for every route when left out.',
    ),
});

const graphql = z.strictObject({
  kind: z.enum(['query', 'mutation']).describe('The type that the field belongs to.'),
  field: name.camelName('Field of Query or Mutation; unique over all plugins.'),
});

const operation = z
  .strictObject({
    http: http.optional().describe('Binds the operation to an HTTP route.'),
    graphql: graphql.optional().describe('Binds the operation to a GraphQL field.'),
    scope: text(
      /^[a-z][a-z0-9-]*(:[a-z][a-z0-9-]*)+$/,
      'words joined by colons, such as "payments:read"',
      'Scope that the caller needs.',
    ),
    expose: z
      .enum(['public', 'internal'])
      .default('public')
      .describe('internal: other plugins may call it, clients may not.'),
    function: name.functionName('Function that runs it.').default('api'),
  })
  .describe('A use case, and how it is reached.');

const webhook = z
  .strictObject({
    path: text(
      /^\/webhooks(\/[a-z0-9][a-z0-9-]*)+$/,
      'a path under /webhooks/, such as "/webhooks/stripe"',
      'Path of the webhook.',
    ),
    maxBodyBytes: integer(1, 1_048_576, 'Larger deliveries are refused, in bytes; at most 1 MiB.').default(
      262_144,
    ),
    function: name.functionName('Function that verifies and handles the deliveries.'),
  })
  .describe('A function URL that a provider calls.');

const publication = z
  .strictObject({
    type: name.eventType('Event type, such as payment.succeeded.'),
    version: name.version('Version of the contract in the event catalogue.'),
  })
  .describe('An event of this plugin.');

const subscription = z
  .strictObject({
    type: name.eventType('Event type, such as payment.succeeded.'),
    version: name.versionRange('Contract versions understood here, as a semantic version range.'),
    function: name.functionName('Function that handles the events.'),
    filter: z
      .record(z.string(), z.json())
      .optional()
      .describe("EventBridge pattern on the event's `detail`; other events are not delivered."),
    batchSize: integer(1, 10, 'Events per invocation at most.').default(10),
    maximumConcurrency: integer(2, 1000, 'Invocations at once at most.').default(5),
  })
  .describe('Events of one type, and the function that takes them.');

const lambda = z
  .strictObject({
    entry: name.sourceFile('Module that exports `handler`, relative to the plugin folder.'),
    description: line('Shown in the console.').optional(),
    memoryMb: integer(128, 10_240, 'Memory in MiB.').default(256),
    timeoutSeconds: integer(1, 900, 'An invocation ends after so many seconds.').default(10),
    reservedConcurrency: integer(
      1,
      1000,
      'Invocations at once that are set aside for it, and the most that it takes; 5 where it serves a webhook.',
    ).optional(),
  })
  .describe('A Lambda function with a role of its own.');

const permission = text(permissionPattern, `one of ${permissionForms}`, `One of ${permissionForms}.`);

const config = z.strictObject({
  version: integer(1, 1_000_000, 'Version of the shape of the configuration.'),
  envPrefix: text(
    // The prefixes of AWS, Node.js and the platform itself are not for plugins.
    /^(?!AWS_|ANINEEPLUS_|POWERTOOLS_|NODE_)[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/,
    'SCREAMING_SNAKE_CASE of two words or more, not starting with AWS_, ANINEEPLUS_, POWERTOOLS_ or NODE_',
    'Prefix of the environment variables that override the configuration, by custom <NAME>_PLUGIN.',
  ),
});

/** The schema of plugin.json, also what editors complete from. Messages of its checks say what is allowed. */
export const manifestSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where an editor finds this schema.'),
    manifestVersion: z.literal(1).describe('Version of the form of this file.'),
    name: name.pluginName('Name of the plugin; part of the names of everything it owns.'),
    version: name.version('Version of the plugin, a full semantic version.'),
    description: line('What the plugin does, in one sentence.'),
    author: line('Who wrote it.'),
    license: line('SPDX expression of the licence.').optional(),
    engine: name.engineRange('Platform versions it works with, as a semantic version range; "*" is refused.'),
    dependencies: z
      .record(name.pluginName('Name of a plugin.'), dependency)
      .default({})
      .describe('Plugins that must be there, by name.'),
    operations: z
      .record(name.camelName('Name of the operation, the same as in the code.'), operation)
      .default({})
      .describe('Use cases, by name; the code has one of the same name for each.'),
    webhooks: z
      .record(name.kebabName('Name of the webhook.'), webhook)
      .default({})
      .describe('Webhooks of providers, by name; each is a function URL of its own.'),
    events: z
      .strictObject({
        publishes: z.array(publication).default([]).describe('Events that this plugin publishes.'),
        subscribes: z
          .record(name.camelName('Name of the subscription.'), subscription)
          .default({})
          .describe('Events that this plugin receives, through a queue of its own each.'),
      })
      .prefault({})
      .describe('What crosses the event bus.'),
    schedules: z
      .record(name.camelName('Name of the schedule, the same as in the code.'), schedule)
      .default({})
      .describe('What runs at fixed times, by name.'),
    tables: z
      .record(name.kebabName('Name of the table.'), table)
      .default({})
      .describe('DynamoDB tables, by name.'),
    functions: z
      .record(name.functionName('Name of the function.'), lambda)
      .default({})
      .describe('Lambda functions, by name; each has a role of its own.'),
    permissions: z
      .record(name.kebabName('A function, or relay.'), z.array(permission).describe('What it may do.'))
      .default({})
      .describe('What each function (or relay) may do; reading its own configuration is implied.'),
    iam: z
      .record(name.functionName('A function.'), z.array(iamStatement).describe('Statements of its role.'))
      .default({})
      .describe(
        'Statements of IAM for what no permission names, by function; the project has to allow each.',
      ),
    config: config.optional().describe('Present when the plugin has a configuration.'),
    deploy: deploy.prefault({}).describe('What a deployment does with the plugin.'),
    observability: observability.prefault({}).describe('CloudWatch alarms, dashboard and traces.'),
    build: z
      .strictObject({
        keep: z
          .record(
            z.string().min(1, 'the name of a package').describe('Name of a package.'),
            z.array(line('A resource of the package.')).describe('Resources of it that stay.'),
          )
          .default({})
          .describe('Resources that stay in the bundle, by package; the others are left out.'),
      })
      .prefault({})
      .describe('How the bundle is made.'),
    sandbox: z
      .record(name.kebabName('Name of the sandbox.'), sandbox)
      .default({})
      .describe('Stand-ins of providers that the local runner starts.'),
  })
  .meta({ title: 'AnineePlus plugin manifest', description: 'What a plugin is, offers, owns and may do.' });

/** A valid manifest with every default filled in. */
export type Manifest = z.output<typeof manifestSchema>;

/** A valid manifest as an author writes it. */
export type ManifestInput = z.input<typeof manifestSchema>;
