/** A quota of AWS that grows with the plugins of a deployment, or with one plugin. */
export interface Quota {
  /** Stable: tools may refer to it. */
  readonly code: string;
  /** What is counted, and of what. */
  readonly title: string;
  readonly limit: number;
  readonly unit: string;
  /** Whether AWS raises it for an account; the context then says so under `quotas.<name>`. */
  readonly raisable: boolean;
  /** What to do when it is passed. */
  readonly fix: string;
}

const SPLIT = 'Split the plugin: each plugin is a stack of its own.';
const FEWER = 'Ask AWS for more in Service Quotas, or deploy some plugins to another account.';

/**
 * Quotas by their name, with the defaults of AWS's documentation: CloudFormation quotas, IAM and STS quotas, Lambda
 * quotas, quotas of HTTP APIs, EventBridge quotas (where regions differ, that of most regions), EventBridge Scheduler,
 * DynamoDB, KMS and CloudWatch quotas.
 */
export const quotas = {
  stackResources: {
    code: 'PLG401',
    title: 'Resources in a stack',
    limit: 500,
    unit: 'resources',
    raisable: false,
    fix: SPLIT,
  },
  templateSize: {
    code: 'PLG402',
    title: 'Size of a template',
    limit: 1_000_000,
    unit: 'bytes',
    raisable: false,
    fix: SPLIT,
  },
  stackOutputs: {
    code: 'PLG403',
    title: 'Outputs of a stack',
    limit: 200,
    unit: 'outputs',
    raisable: false,
    fix: SPLIT,
  },
  managedPolicySize: {
    code: 'PLG404',
    title: 'Size of a managed policy',
    limit: 6144,
    unit: 'characters',
    raisable: false,
    fix: 'Split the plugin: its boundary names what the plugin owns and calls.',
  },
  inlinePolicySize: {
    code: 'PLG405',
    title: 'Size of the inline policies of a role',
    limit: 10_240,
    unit: 'characters',
    raisable: false,
    fix: 'Let several functions do what this one does, with the permissions of each.',
  },
  trustPolicySize: {
    code: 'PLG406',
    title: 'Size of the trust policy of a role',
    limit: 2048,
    unit: 'characters',
    raisable: true,
    fix: 'Ask AWS for more in Service Quotas.',
  },
  rolePolicies: {
    code: 'PLG407',
    title: 'Managed policies of a role',
    limit: 10,
    unit: 'policies',
    raisable: true,
    fix: 'Ask AWS for more in Service Quotas.',
  },
  environmentSize: {
    code: 'PLG408',
    title: 'Size of the environment of a function',
    limit: 4096,
    unit: 'bytes',
    raisable: false,
    fix: 'Let several functions serve its operations.',
  },
  functionPolicySize: {
    code: 'PLG409',
    title: 'Size of the resource policy of a function',
    limit: 20_480,
    unit: 'bytes',
    raisable: false,
    fix: 'Let several functions serve its operations.',
  },
  routes: {
    code: 'PLG410',
    title: 'Routes of the API',
    limit: 300,
    unit: 'routes',
    raisable: true,
    fix: 'Ask AWS for more in Service Quotas, or bind some operations to GraphQL alone.',
  },
  integrations: {
    code: 'PLG411',
    title: 'Integrations of the API',
    limit: 300,
    unit: 'integrations',
    raisable: false,
    fix: 'Serve the operations of a plugin by fewer functions: each that has routes is an integration.',
  },
  rules: {
    code: 'PLG412',
    title: 'Rules of the event bus',
    limit: 300,
    unit: 'rules',
    raisable: true,
    fix: 'Ask AWS for more in Service Quotas: each subscription is a rule.',
  },
  ruleTargets: {
    code: 'PLG413',
    title: 'Targets of a rule',
    limit: 5,
    unit: 'targets',
    raisable: true,
    fix: 'Ask AWS for more in Service Quotas.',
  },
  reservedConcurrency: {
    code: 'PLG414',
    title: 'Reserved concurrency of the deployment',
    // An account has 1,000, of which Lambda keeps 100 for functions that reserve none.
    limit: 900,
    unit: 'invocations at once',
    raisable: true,
    fix: 'Lower reservedConcurrency of functions, or ask AWS for more in Service Quotas.',
  },
  roles: {
    code: 'PLG415',
    title: 'Roles of the deployment',
    limit: 1000,
    unit: 'roles',
    raisable: true,
    fix: FEWER,
  },
  managedPolicies: {
    code: 'PLG416',
    title: 'Managed policies of the deployment',
    limit: 1500,
    unit: 'policies',
    raisable: true,
    fix: FEWER,
  },
  tables: {
    code: 'PLG417',
    title: 'Tables of the deployment',
    limit: 2500,
    unit: 'tables',
    raisable: true,
    fix: FEWER,
  },
  scheduleGroups: {
    code: 'PLG418',
    title: 'Schedule groups of the deployment',
    limit: 500,
    unit: 'groups',
    raisable: true,
    fix: FEWER,
  },
  stacks: {
    code: 'PLG419',
    title: 'Stacks of the deployment',
    limit: 2000,
    unit: 'stacks',
    raisable: true,
    fix: FEWER,
  },
  keyPolicySize: {
    code: 'PLG420',
    title: 'Size of the policy of a key',
    limit: 32_768,
    unit: 'bytes',
    raisable: false,
    fix: 'Name a key of your own in the context: -c kms.key=<arn>.',
  },
} as const satisfies Readonly<Record<string, Quota>>;

export type QuotaName = keyof typeof quotas;
