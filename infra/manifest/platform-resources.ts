/**
 * ARNs of everything that a deployment manages, of any stage and plugin: names that begin with `anineeplus`, roles of
 * its stacks, and the buckets of CDK, which hold the code. Keys and event source mappings have ids that AWS chooses, so
 * that these patterns stand for any of them that is not named whole.
 */
export const platformResources: readonly string[] = [
  'arn:*:cloudformation:*:*:stack/anineeplus-*',
  'arn:*:cloudwatch:*:*:alarm:anineeplus-*',
  'arn:*:cloudwatch::*:dashboard/anineeplus-*',
  'arn:*:codedeploy:*:*:application:anineeplus-*',
  'arn:*:codedeploy:*:*:deploymentgroup:anineeplus-*',
  'arn:*:dynamodb:*:*:table/anineeplus-*',
  'arn:*:events:*:*:event-bus/anineeplus-*',
  'arn:*:events:*:*:rule/anineeplus-*',
  'arn:*:iam::*:role/anineeplus-*',
  'arn:*:iam::*:role/cdk-*',
  'arn:*:iam::*:policy/anineeplus-*',
  'arn:*:kms:*:*:key/anineeplus-*',
  'arn:*:lambda:*:*:event-source-mapping:anineeplus-*',
  'arn:*:lambda:*:*:function:anineeplus-*',
  'arn:*:logs:*:*:log-group:/aws/lambda/anineeplus-*',
  'arn:*:logs:*:*:log-group:/aws/vendedlogs/anineeplus-*',
  'arn:*:s3:::cdk-*',
  'arn:*:scheduler:*:*:schedule-group/anineeplus-*',
  'arn:*:scheduler:*:*:schedule/anineeplus-*',
  'arn:*:secretsmanager:*:*:secret:anineeplus/*',
  'arn:*:sns:*:*:anineeplus-*',
  'arn:*:sqs:*:*:anineeplus-*',
];

/** Services whose actions could lift every other limit. */
const NEVER: readonly string[] = ['account', 'apigateway', 'execute-api', 'iam', 'organizations'];

/** What of the platform an action could reach on a resource, as an ARN with wildcards; undefined for nothing. */
export function reachedOnPlatform(action: string, resource: string): string | undefined {
  const [service = ''] = action.split(':');
  if (NEVER.includes(service)) return `${service}:*`;
  // An assumed role is one of IAM's resources.
  const owner = service === 'sts' ? 'iam' : service;
  const pattern = partsOf(
    resource === '*' ? `arn:*:${owner}:*:*:*` : resource.replaceAll(/\$\{[^}]*\}/g, '*'),
  );
  return platformResources.find((arn) => {
    const parts = partsOf(arn);
    return parts[2] === owner && parts.every((part, index) => overlap(part, pattern[index] ?? ''));
  });
}

/** The six parts of an ARN, of which only the last can hold colons. */
function partsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** Whether some text fits both patterns, in which `*` stands for any text and `?` for any character. */
export function overlap(one: string, other: string): boolean {
  const known = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const at = i * (other.length + 1) + j;
    const found = known.get(at) ?? step(i, j);
    known.set(at, found);
    return found;
  };
  const step = (i: number, j: number): boolean => {
    const [a, b] = [one[i], other[j]];
    if (a === '*') return from(i + 1, j) || (b !== undefined && from(i, j + 1));
    if (b === '*') return from(i, j + 1) || (a !== undefined && from(i + 1, j));
    if (a === undefined || b === undefined) return a === b;
    return (a === b || a === '?' || b === '?') && from(i + 1, j + 1);
  };
  return from(0, 0);
}
