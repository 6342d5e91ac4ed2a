import type { IGrantable, IPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { DependencyGroup } from 'constructs';

/**
 * A grantee that passes every statement on to `add`.
 * @param role whose identity policy they end in, if any
 */
export function granteeOf(add: (statement: PolicyStatement) => void, role?: Role): IGrantable {
  const grantPrincipal: IPrincipal = {
    get grantPrincipal() {
      return grantPrincipal;
    },
    principalAccount: role?.principalAccount,
    assumeRoleAction: 'sts:AssumeRole',
    // As CDK's own ManagedPolicy: only identity policies are granted here, so no resource names this principal.
    get policyFragment(): never {
      throw new Error('This grantee has no place in the policy of a resource');
    },
    addToPrincipalPolicy(statement) {
      add(statement);
      return { statementAdded: true, policyDependable: role ?? new DependencyGroup() };
    },
  };
  return { grantPrincipal };
}

/** The statements that `grant` adds to a grantee; they are granted to nobody. */
export function statementsOf(grant: (grantee: IGrantable) => void): readonly PolicyStatement[] {
  const statements: PolicyStatement[] = [];
  grant(granteeOf((statement) => statements.push(statement)));
  return statements;
}
