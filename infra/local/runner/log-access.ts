import { missingPermissions } from '../iam/service-access.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { Denial } from '../types.ts';

/** What Lambda needs of a function's role to write its log. */
const LOG_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** The first permission that a function's role lacks for its log, which stays empty then, as on AWS. */
export function logDenial(assembly: Assembly, functionName: string): Denial | undefined {
  const { region, accountId, functions, roles } = assembly;
  const roleArn = functions.find(({ name }) => name === functionName)?.roleArn;
  const role = roles.find(({ arn }) => arn === roleArn);
  if (role === undefined) return undefined;
  const group = `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/${functionName}`;
  const resource = `${group}:log-stream:local`;
  const action = LOG_ACTIONS.find(
    (one) => missingPermissions(role, { action: one, resource }, assembly).length > 0,
  );
  if (action === undefined) return undefined;
  const hint = 'Lambda writes the log with the rights of the role';
  return { functionName, action, resource, hint, at: new Date().toISOString() };
}
