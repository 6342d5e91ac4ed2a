import { expectedValues } from './expected-values.ts';
import type { QuotaName } from './quotas.ts';
import { resourcesOf, type StackTemplate } from './templates.ts';

/** How much of a quota is used, by what. */
export interface Usage {
  readonly quota: QuotaName;
  readonly used: number;
  readonly template: StackTemplate;
  /** Logical id; the stack as a whole, or all stacks together, without one. */
  readonly resource?: string;
}

/** How much of each quota a deployment uses; what counts for all stacks together stands at the first one. */
export function measureQuotas(templates: readonly StackTemplate[]): readonly Usage[] {
  return [
    ...templates.flatMap((template) => [
      { quota: 'stackResources' as const, used: template.resources.size, template },
      { quota: 'templateSize' as const, used: template.bytes, template },
      { quota: 'stackOutputs' as const, used: Object.keys(template.outputs).length, template },
      ...policies(template, templates),
      ...functions(template, templates),
      ...ruleTargets(template),
    ]),
    ...ofDeployment(templates),
  ];
}

/** Types that are counted over all stacks. */
const COUNTED = {
  routes: 'AWS::ApiGatewayV2::Route',
  integrations: 'AWS::ApiGatewayV2::Integration',
  roles: 'AWS::IAM::Role',
  managedPolicies: 'AWS::IAM::ManagedPolicy',
  tables: 'AWS::DynamoDB::GlobalTable',
  scheduleGroups: 'AWS::Scheduler::ScheduleGroup',
} as const satisfies Partial<Record<QuotaName, string>>;

function ofDeployment(templates: readonly StackTemplate[]): readonly Usage[] {
  const [template] = templates;
  if (!template) return [];
  const count = (type: string): number =>
    templates.reduce((sum, one) => sum + resourcesOf(one, type).length, 0);
  return [
    ...Object.entries(COUNTED).map(([quota, type]) => ({
      quota: quota as QuotaName,
      used: count(type),
      template,
    })),
    // EventBridge adds a rule of its own for each archive.
    { quota: 'rules', used: count('AWS::Events::Rule') + count('AWS::Events::Archive'), template },
    { quota: 'reservedConcurrency', used: reservedConcurrency(templates), template },
    { quota: 'stacks', used: templates.length, template },
  ];
}

const reservedConcurrency = (templates: readonly StackTemplate[]): number =>
  templates
    .flatMap((template) => resourcesOf(template, 'AWS::Lambda::Function'))
    .reduce((sum, [, properties]) => sum + Number(properties['ReservedConcurrentExecutions'] ?? 0), 0);

/** Sizes as IAM and KMS count them, without white space. */
function policies(template: StackTemplate, all: readonly StackTemplate[]): readonly Usage[] {
  const size = (document: unknown): number => JSON.stringify(expectedValues(document, template, all)).length;
  return [
    ...resourcesOf(template, 'AWS::IAM::ManagedPolicy').map(([resource, properties]) => ({
      quota: 'managedPolicySize' as const,
      used: size(properties['PolicyDocument']),
      template,
      resource,
    })),
    ...resourcesOf(template, 'AWS::KMS::Key').map(([resource, properties]) => ({
      quota: 'keyPolicySize' as const,
      used: size(properties['KeyPolicy']),
      template,
      resource,
    })),
    ...resourcesOf(template, 'AWS::IAM::Role').flatMap(([resource, properties]) => {
      const inline = (properties['Policies'] ?? []) as readonly { readonly PolicyDocument: unknown }[];
      const managed = (properties['ManagedPolicyArns'] ?? []) as readonly unknown[];
      const inlineSize = inline.reduce((sum, { PolicyDocument }) => sum + size(PolicyDocument), 0);
      return [
        { quota: 'inlinePolicySize' as const, used: inlineSize, template, resource },
        {
          quota: 'trustPolicySize' as const,
          used: size(properties['AssumeRolePolicyDocument']),
          template,
          resource,
        },
        { quota: 'rolePolicies' as const, used: managed.length, template, resource },
      ];
    }),
  ];
}

/** What a statement of a resource policy has besides the principal, the function and the source of its permission. */
const STATEMENT_BYTES = 180;

function functions(template: StackTemplate, all: readonly StackTemplate[]): readonly Usage[] {
  const environments = resourcesOf(template, 'AWS::Lambda::Function').map(([resource, properties]) => {
    const { Variables = {} } = (properties['Environment'] ?? {}) as {
      readonly Variables?: Readonly<Record<string, unknown>>;
    };
    const values = expectedValues(Variables, template, all) as Readonly<Record<string, unknown>>;
    const used = Object.entries(values).reduce(
      (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(String(value)),
      0,
    );
    return { quota: 'environmentSize' as const, used, template, resource };
  });
  // Each alias has a policy of its own.
  const granted = Map.groupBy(resourcesOf(template, 'AWS::Lambda::Permission'), ([, properties]) =>
    JSON.stringify(properties['FunctionName']),
  );
  const resourcePolicies = [...granted.values()].map((permissions) => ({
    quota: 'functionPolicySize' as const,
    used: permissions.reduce(
      (sum, [, properties]) =>
        sum + STATEMENT_BYTES + JSON.stringify(expectedValues(properties, template, all)).length,
      0,
    ),
    template,
    resource: permissions[0]?.[0] ?? '',
  }));
  return [...environments, ...resourcePolicies];
}

const ruleTargets = (template: StackTemplate): readonly Usage[] =>
  resourcesOf(template, 'AWS::Events::Rule').map(([resource, properties]) => ({
    quota: 'ruleTargets',
    used: ((properties['Targets'] ?? []) as readonly unknown[]).length,
    template,
    resource,
  }));
