import type { Assembly } from '#infra/local/resources/assembly.ts';
import type { PolicyStatement } from '#infra/local/resources/iam.ts';

/** One statement of a role, as it is in the template. */
export interface ExplainedStatement {
  readonly effect: 'Allow' | 'Deny';
  /** Name of a statement under `iam` of the manifest. */
  readonly sid?: string;
  readonly actions: readonly string[];
  /** Without the parts of an ARN that are the same for all. */
  readonly resources: readonly string[];
  readonly condition?: Readonly<Record<string, unknown>>;
}

/** The statements of a function's role, without its boundary. */
export function statementsOf(
  { roles, region, accountId }: Assembly,
  roleArn: string,
): readonly ExplainedStatement[] {
  const role = roles.find(({ arn }) => arn === roleArn);
  const short = (resource: string): string => {
    const [, service = '', path] =
      new RegExp(`^arn:[\\w-]+:([\\w-]+):(?:${region})?:(?:${accountId})?:(.+)$`).exec(resource) ?? [];
    return path === undefined ? resource : /[:/]/.test(path) ? path : `${service}:${path}`;
  };
  return (role?.policies ?? [])
    .flatMap(({ Statement }): readonly PolicyStatement[] => [Statement].flat())
    .map((statement) => ({
      effect: statement.Effect,
      ...(statement.Sid !== undefined && { sid: statement.Sid }),
      actions: listOf(statement.Action ?? `everything but ${listOf(statement.NotAction).join(', ')}`),
      resources: listOf(statement.Resource ?? statement.NotResource).map(short),
      ...(statement.Condition && { condition: statement.Condition }),
    }));
}

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : [value].flat();

/** A statement in one line. */
export function statementLine({ effect, sid, actions, resources, condition }: ExplainedStatement): string {
  const where = condition === undefined ? '' : ` where ${JSON.stringify(condition)}`;
  const named = sid === undefined ? '' : ` (${sid})`;
  const may = effect === 'Allow' ? 'may' : 'may not';
  return `${may} ${actions.join(', ')} on ${resources.join(', ')}${where}${named}`;
}
