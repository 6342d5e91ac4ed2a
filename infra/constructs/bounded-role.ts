import {
  type IGrantable,
  type IPrincipal,
  type ManagedPolicy,
  PolicyDocument,
  Role,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { granteeOf } from './grantee.ts';

export interface BoundedRoleProps {
  readonly assumedBy: IPrincipal;
  readonly description: string;
  /** Upper bound of what is granted. */
  readonly boundary: ManagedPolicy;
}

/**
 * A role under a permissions boundary. What is granted to it stands in the role itself and not in a policy beside it,
 * so that a trigger which CloudFormation creates next finds the role complete.
 */
export class BoundedRole extends Construct implements IGrantable {
  readonly arn: string;
  readonly role: Role;
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, { assumedBy, description, boundary }: BoundedRoleProps) {
    super(scope, id);
    const permissions = new PolicyDocument();
    this.role = new Role(this, 'Default', {
      assumedBy,
      description,
      permissionsBoundary: boundary,
      inlinePolicies: { permissions },
    });
    this.arn = this.role.roleArn;
    this.grantPrincipal = granteeOf(
      (statement) => permissions.addStatements(statement),
      this.role,
    ).grantPrincipal;
  }
}
